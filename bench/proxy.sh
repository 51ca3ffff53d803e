#!/usr/bin/env bash
# Compares Reeve's proxy with nginx (and nginx + Lua + Redis, where installed) side by side: same backend, same generator,
# 10,000 routes in Reeve, access logs on both sides, rounds interleaved, proxies pinned to one core and the rest to another.
#
#   bench/proxy.sh [ROUNDS] [SECONDS]       default 3 rounds of 3 seconds, after one round to warm up
#
# Needs wrk and nginx; libnginx-mod-http-lua, lua-nginx-redis and redis-server for the third column. Run `mvn -o package`
# (or ./dev check) first. Prints the medians; CPU is utime + stime of all of a proxy's processes / completed requests.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
seconds=${2:-3}
connections=${CONNECTIONS:-64}
routes=${ROUTES:-10000}
java=${REEVE_JAVA_HOME:-${JAVA_HOME:-/usr/lib/jvm/temurin-25-jdk-amd64}}/bin/java
java_options=${REEVE_JAVA_OPTIONS:--XX:+UseSerialGC -Xmx256m -Xms64m}
work=$(mktemp -d)
chmod 755 "$work"
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"' EXIT

for tool in wrk nginx; do
    command -v $tool >/dev/null || { echo "bench: cannot run without $tool: apt-get install $tool" >&2; exit 1; }
done
cores=$(nproc)
proxy_core="taskset -c $((cores - 1))"
rest="taskset -c 0"
[ "$cores" -gt 1 ] || { proxy_core=""; rest=""; }

free_port() { # the kernel's choice, free a moment ago
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
await_port() {
    for _ in $(seq 200); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.05
    done
    echo "bench: nothing listens on port $1 ($2)" >&2
    exit 1
}
nginx_up() { # NAME PREFIX: one worker, in the foreground, under our pid
    mkdir -p "$work/$1"
    $2 nginx -e "$work/$1/error.log" -p "$work/$1" -c "$work/$1.conf" -g 'daemon off;' 2>"$work/$1/stderr" &
    pids+=($!)
    eval "$1_pid=$!"
}
common='worker_processes 1; pid nginx.pid; events { worker_connections 8192; } '
temp='client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;'

backend_port=$(free_port)
body=$(printf 'x%.0s' $(seq 128))
cat >"$work/backend.conf" <<EOF
$common http { $temp access_log off; keepalive_requests 100000000; server { listen 127.0.0.1:$backend_port reuseport; location / { return 200 '$body'; } } }
EOF
nginx_up backend "$rest"
await_port "$backend_port" backend

nginx_port=$(free_port)
cat >"$work/nginx.conf" <<EOF
$common http { $temp access_log access.log combined; keepalive_requests 100000000;
  upstream b { server 127.0.0.1:$backend_port; keepalive 256; keepalive_requests 100000000; }
  server { listen 127.0.0.1:$nginx_port; location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host \$host; proxy_set_header X-Forwarded-For \$remote_addr; proxy_set_header X-Forwarded-Proto \$scheme;
    proxy_set_header X-Forwarded-Host \$host; proxy_set_header X-Forwarded-Port \$server_port; } } }
EOF
nginx_up nginx "$proxy_core"
await_port "$nginx_port" nginx

# nginx + Lua + Redis in the shape of Toolforge's dynamicproxy: HGETALL per request, no upstream keep-alive
lua_module=/usr/lib/nginx/modules/ngx_http_lua_module.so
redis_lua=$(find /usr/share/lua /usr/lib -name redis.lua -path '*nginx*' 2>/dev/null | head -1 || true)
names="nginx reeve"
if [ -e "$lua_module" ] && [ -n "$redis_lua" ] && command -v redis-server >/dev/null; then
    redis_port=$(free_port)
    (cd "$work" && exec $proxy_core redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no) >"$work/redis.out" &
    pids+=($!)
    redis_pid=$!
    await_port "$redis_port" redis
    for i in $(seq 0 $((routes - 1))); do echo "HSET prefix:host$i .* http://127.0.0.1:$backend_port"; done | redis-cli -p "$redis_port" >/dev/null
    lua_port=$(free_port)
    cat >"$work/lua.conf" <<EOF
load_module /usr/lib/nginx/modules/ndk_http_module.so; load_module $lua_module; $common
http { $temp access_log access.log combined; keepalive_requests 100000000; lua_package_path '$redis_lua;;';
  server { listen 127.0.0.1:$lua_port; location / { set \$backend ''; access_by_lua_block {
      local redis = dofile('$redis_lua'); local r = redis:new(); r:set_timeout(1000); r:connect('127.0.0.1', $redis_port)
      local routes = r:array_to_hash(assert(r:hgetall('prefix:' .. string.match(ngx.var.http_host, '^[^.]+'))))
      for pattern, to in pairs(routes) do if ngx.re.match('/', pattern) then ngx.var.backend = to break end end
      r:set_keepalive(32000, 256) }
    proxy_pass \$backend; proxy_http_version 1.1; proxy_set_header Host \$host; proxy_set_header Connection close; } } }
EOF
    nginx_up lua "$proxy_core"
    await_port "$lua_port" lua
    names="nginx reeve lua"
fi

class_path="target/classes:target/test-classes:$(find target/app/lib -name '*.jar' | tr '\n' ':')"
$proxy_core "$java" $java_options --enable-native-access=ALL-UNNAMED -cp "$class_path" reeve.serve.proxy.BenchProxy \
    "127.0.0.1:$backend_port" "$routes" 1 "$work/reeve.log" >"$work/reeve.out" 2>"$work/reeve.err" &
pids+=($!)
reeve_pid=$!
for _ in $(seq 200); do [ -s "$work/reeve.out" ] && break; sleep 0.05; done
reeve_port=$(sed 's/.*://' "$work/reeve.out")
await_port "$reeve_port" reeve

cat >"$work/headers.lua" <<'EOF'
wrk.headers["Host"] = "host77.example.org"
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
wrk.headers["Accept-Language"] = "en-US,en;q=0.5"
wrk.headers["Accept-Encoding"] = "gzip, deflate, br, zstd"
wrk.headers["Referer"] = "https://host77.example.org/wiki/Main_Page"
wrk.headers["Cookie"] = "session=0123456789abcdef0123456789abcdef; theme=dark; lang=en"
wrk.headers["DNT"] = "1"
wrk.headers["Upgrade-Insecure-Requests"] = "1"
wrk.headers["Sec-Fetch-Dest"] = "document"
wrk.headers["Sec-Fetch-Mode"] = "navigate"
wrk.headers["Sec-Fetch-Site"] = "same-origin"
wrk.headers["Priority"] = "u=0, i"
EOF

processes() { # of a proxy: nginx's worker is a child of its master
    case $1 in
        nginx) echo "$nginx_pid $(pgrep -P "$nginx_pid" | tr '\n' ' ')" ;;
        lua) echo "$lua_pid $(pgrep -P "$lua_pid" | tr '\n' ' ') $redis_pid" ;;
        reeve) echo "$reeve_pid" ;;
    esac
}
ticks() { local sum=0 f; for p in $(processes "$1"); do f=$(sed 's/.*) //' "/proc/$p/stat"); set -- $f; sum=$((sum + ${12} + ${13})); done; echo $sum; }
resident() { local sum=0; for p in $(processes "$1"); do sum=$((sum + $(awk '/VmRSS/ {print $2}' "/proc/$p/status"))); done; echo $((sum / 1024)); }

round() { # NAME SECONDS: requests/s, CPU us/request, p50 us, p99 us, MB
    local port_name=$1_port before after
    before=$(ticks "$1")
    $rest wrk -t1 -c"$connections" -d"$2s" --latency -s "$work/headers.lua" "http://127.0.0.1:${!port_name}/wiki/Page?x=1" >"$work/wrk.out"
    after=$(ticks "$1")
    if grep -q 'Non-2xx\|Socket errors' "$work/wrk.out"; then grep 'Non-2xx\|Socket errors' "$work/wrk.out" >&2; fi
    awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v mb="$(resident "$1")" '
        function us(t) { return t ~ /ms$/ ? t * 1000 : t ~ /us$/ ? t + 0 : t * 1000000 }
        / requests in / { n = $1 } /Requests\/sec/ { rate = $2 } $1 == "50%" { p50 = us($2) } $1 == "99%" { p99 = us($2) }
        END { printf "%.0f %.2f %.0f %.0f %d\n", rate, ticks * 1000000 / hz / n, p50, p99, mb }' "$work/wrk.out"
}

for name in $names; do round "$name" 6 >/dev/null; done # the JVM compiles
for i in $(seq "$rounds"); do
    for name in $names; do round "$name" "$seconds" >>"$work/$name.rounds"; done
done

column() { awk -v c="$2" '{print $c}' "$work/$1.rounds" | sort -n | awk '{a[NR] = $1} END {printf "%s (%s-%s)", a[int((NR + 1) / 2)], a[1], a[NR]}'; }
median() { awk -v c="$2" '{print $c}' "$work/$1.rounds" | sort -n | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}'; }
echo "workload: 13 browser headers, 128 B body, $connections keep-alive connections, $rounds rounds of $seconds s interleaved; median (min-max)"
java_version=$("$java" -version 2>&1 | sed -n 's/.*build /JDK /p' | head -1 | tr -d ')')
echo "machine:  $cores cores, Linux $(uname -r); proxy on one core, wrk and backend on another; $(nginx -v 2>&1 | sed 's/.*: //'), $java_version"
echo "reeve:    $routes routes, access log on, java $java_options"
printf '%-8s %-24s %-24s %-20s %-24s %-8s %s\n' proxy 'req/s' 'CPU us/request' 'p50 us' 'p99 us' 'MB' 'CPU x nginx'
for name in $names; do
    ratio=$(awk -v a="$(median "$name" 2)" -v b="$(median nginx 2)" 'BEGIN {printf "%.2f", a / b}')
    printf '%-8s %-24s %-24s %-20s %-24s %-8s %s\n' "$name" "$(column "$name" 1)" "$(column "$name" 2)" "$(column "$name" 3)" \
        "$(column "$name" 4)" "$(median "$name" 5)" "$ratio"
done
