package reeve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.base.Waiting;

/// The proxies, each with the same backend, its access log on, connections to the backend kept, and one thread or worker.
final class Peers {
    private static final String NGINX = """
            worker_processes 1; pid nginx.pid; daemon off; %s
            events { worker_connections 8192; }
            http { client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
              keepalive_requests 100000000; sendfile on; open_file_cache max=100; ssl_protocols TLSv1.3; %s }
            """;
    private static final Path LUA = Path.of("/usr/lib/nginx/modules/ngx_http_lua_module.so");
    private static final Path LUA_REDIS = Path.of("/usr/share/lua/5.1/nginx/redis.lua");

    private final Rig rig;
    private final int routes;
    private final List<String> javaOptions;
    private final Path certificate;
    private final Path key;
    private final int backend;

    Peers(Rig rig, int routes, List<String> javaOptions) {
        this.rig = rig;
        this.routes = routes;
        this.javaOptions = javaOptions;
        this.certificate = rig.folder.resolve("certificate.pem");
        this.key = rig.folder.resolve("key.pem");
        rig.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
                key.toString(), "-out", certificate.toString(), "-subj", "/CN=bench", "-addext", "subjectAltName=DNS:*.example.org");
        this.backend = backend();
    }

    private int backend() {
        int port = Rig.freePort();
        content("small", 128);
        content("16k", 16 * 1024);
        content("1m", 1024 * 1024);
        nginx("backend", "", "access_log off; server { listen 127.0.0.1:%d; root %s; }".formatted(port, rig.folder), false);
        rig.awaitPort(port, "the backend");
        return port;
    }

    private void content(String name, int length) {
        rig.write(name, "x".repeat(length));
    }

    private Process nginx(String name, String modules, String http, boolean measured) {
        try {
            Path folder = Files.createDirectories(rig.folder.resolve(name));
            Path file = rig.write(name + ".conf", NGINX.formatted(modules, http));
            String[] command = {"nginx", "-e", folder.resolve("error.log").toString(), "-p", folder.toString(), "-c", file.toString()};
            return measured ? rig.measured(command) : rig.beside(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Those that can be had here.
    List<Peer> all() {
        var all = new ArrayList<>(List.of(nginx("nginx", ""), nginx("tuned",
                "proxy_buffer_size 16k; proxy_buffers 4 64k; proxy_busy_buffers_size 128k;")));
        if (Rig.has("haproxy")) {
            all.add(haproxy());
        }
        if (Rig.has("caddy")) {
            all.add(caddy());
        }
        if (Files.exists(LUA) && Files.exists(LUA_REDIS) && Rig.has("redis-server")) {
            all.add(lua());
        }
        all.add(reeve());
        return all;
    }

    private Peer nginx(String name, String more) {
        int plain = Rig.freePort();
        int encrypted = Rig.freePort();
        Process process = nginx(name, "", """
                access_log access.log combined; %s
                upstream b { server 127.0.0.1:%d; keepalive 256; keepalive_requests 100000000; }
                server { listen 127.0.0.1:%d; listen 127.0.0.1:%d ssl http2; ssl_certificate %s; ssl_certificate_key %s;
                  location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
                    proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Forwarded-Port $server_port; } }
                """.formatted(more, backend, plain, encrypted, certificate, key), true);
        rig.awaitPort(encrypted, name);
        return new Peer(name, plain, encrypted, () -> Rig.family(process));
    }

    private Peer haproxy() {
        int plain = Rig.freePort();
        int encrypted = Rig.freePort();
        try {
            rig.write("both.pem", Files.readString(certificate) + Files.readString(key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path file = rig.write("haproxy.cfg", """
                global
                  nbthread 1
                  maxconn 8192
                  log stdout format raw local0
                defaults
                  mode http
                  log global
                  option httplog
                  option forwardfor
                  http-reuse always
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                frontend all
                  bind 127.0.0.1:%d
                  bind 127.0.0.1:%d ssl crt %s alpn h2,http/1.1 ssl-min-ver TLSv1.3
                  http-request set-header X-Forwarded-Proto https if { ssl_fc }
                  http-request set-header X-Forwarded-Proto http unless { ssl_fc }
                  http-request set-header X-Forwarded-Host %%[req.hdr(host)]
                  http-request set-header X-Forwarded-Port %%[dst_port]
                  default_backend b
                backend b
                  server s 127.0.0.1:%d pool-max-conn 256
                """.formatted(plain, encrypted, rig.folder.resolve("both.pem"), backend));
        Process process = rig.measured("haproxy", "-db", "-f", file.toString());
        rig.awaitPort(encrypted, "haproxy");
        return new Peer("haproxy", plain, encrypted, () -> Rig.family(process));
    }

    private Peer caddy() {
        int plain = Rig.freePort();
        int encrypted = Rig.freePort();
        Path file = rig.write("Caddyfile", """
                { admin off
                  auto_https off
                }
                (all) {
                  log {
                    output file caddy.log
                  }
                  reverse_proxy 127.0.0.1:%1$d {
                    transport http {
                      keepalive_idle_conns_per_host 512
                    }
                  }
                }
                http://:%2$d {
                  bind 127.0.0.1
                  import all
                }
                https://:%3$d {
                  bind 127.0.0.1
                  tls %4$s %5$s
                  import all
                }
                """.formatted(backend, plain, encrypted, certificate, key));
        Process process = rig.measured("env", "GOMAXPROCS=1", "HOME=" + rig.folder, "caddy", "run", "--config", file.toString(),
                "--adapter", "caddyfile");
        rig.awaitPort(encrypted, "caddy");
        return new Peer("caddy", plain, encrypted, () -> Rig.family(process));
    }

    /// nginx with Lua and Redis, in the shape of Toolforge's dynamicproxy: HGETALL for each request, no kept connections to backends.
    private Peer lua() {
        int redis = Rig.freePort();
        Process store = rig.measured("redis-server", "--port", String.valueOf(redis), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--dir", rig.folder.toString());
        rig.awaitPort(redis, "redis");
        var commands = new StringBuilder();
        for (int i = 0; i < routes; i++) {
            commands.append("HSET prefix:host").append(i).append(" .* http://127.0.0.1:").append(backend).append('\n');
        }
        Path file = rig.write("redis.commands", commands.toString());
        rig.run("sh", "-c", "redis-cli -p " + redis + " <" + file + " >/dev/null");
        int plain = Rig.freePort();
        Process process = nginx("lua", "load_module /usr/lib/nginx/modules/ndk_http_module.so; load_module " + LUA + ";", """
                access_log access.log combined;
                server { listen 127.0.0.1:%d; location / { set $backend ''; access_by_lua_block {
                    local redis = dofile('%s'); local r = redis:new(); r:set_timeout(1000); r:connect('127.0.0.1', %d)
                    local routes = r:array_to_hash(assert(r:hgetall('prefix:' .. string.match(ngx.var.http_host, '^[^.]+'))))
                    for pattern, to in pairs(routes) do if ngx.re.match('/', pattern) then ngx.var.backend = to break end end
                    r:set_keepalive(32000, 256) }
                  proxy_pass $backend; proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header Connection close; } }
                """.formatted(plain, LUA_REDIS, redis), true);
        rig.awaitPort(plain, "nginx with Lua");
        return new Peer("lua", plain, 0, () -> Stream.concat(Rig.family(process).stream(), Rig.family(store).stream()).toList());
    }

    private Peer reeve() {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(javaOptions);
        Path ready = rig.folder.resolve("reeve.ready");
        command.addAll(List.of("-Xlog:gc:file=" + pauses(), "--enable-native-access=ALL-UNNAMED", "-cp",
                classPath(), "reeve.serve.proxy.BenchProxy", "127.0.0.1:" + backend, String.valueOf(routes), "1",
                rig.folder.resolve("reeve.log").toString(), certificate.toString(), key.toString(), ready.toString()));
        Process process = rig.measured(command.toArray(String[]::new));
        if (!Waiting.until(rig.time, Duration.ofMillis(20), Duration.ofSeconds(30), () -> Files.exists(ready))) {
            throw new IllegalStateException("cannot measure: reeve does not start; see " + rig.folder);
        }
        try {
            String[] ports = Files.readString(ready).strip().split(" ");
            return new Peer("reeve", Integer.parseInt(ports[0]), Integer.parseInt(ports[1]), () -> Rig.family(process));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(":")).map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(":"));
    }

    /// Where Reeve's collector writes.
    Path pauses() {
        return rig.folder.resolve("reeve.gc");
    }

    /// What is compared, for people.
    String versions() {
        var lines = new ArrayList<String>();
        lines.add(said("nginx", "-v"));
        Optional.of("haproxy").filter(Rig::has).ifPresent(name -> lines.add(said(name, "-v")));
        Optional.of("caddy").filter(Rig::has).ifPresent(name -> lines.add("Caddy " + said(name, "version")));
        Optional.of("redis-server").filter(Rig::has).ifPresent(name -> lines.add(said(name, "--version")));
        lines.add("JDK " + Runtime.version() + " " + String.join(" ", javaOptions));
        return String.join("; ", lines);
    }

    private String said(String... command) {
        return rig.run(command).lines().findFirst().orElse("").strip();
    }
}
