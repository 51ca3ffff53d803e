# What shim.pl does, for machines without perl. The same request, files and answers; three things it cannot do:
# - a variable whose name is not an identifier cannot be passed on (Reeve refuses the start)
# - that the kernel could not run the program is not told from its exit codes 126 and 127 (Reeve looks before it starts)
# - a shell knows only $?, which is 137 for KILL and for exit 137. But it says "Killed" or the like on its standard error when
#   a signal ended what it ran, except for INT and PIPE: 130 and 141 are taken for those signals.
# Confinement is done by setpriv, prlimit, unshare and mount of util-linux; where they cannot, the start fails.
# Called with the instance's folder; calls itself again with "shim" and "program" for the three processes of a start, and with
# "session" from "command". A command gets those variables of its environment that a shell can name.
# shellcheck shell=sh

folder=$1
line_end='
'
set -f

look_at_self() { # pid and start_ticks of this very (sub)shell: fields 1 and 22 of proc_pid_stat(5)
    read -r stat < /proc/self/stat
    pid=${stat%% *}
    # shellcheck disable=SC2086
    set -- ${stat##*) }
    start_ticks=${20}
}

record() { # whole or not at all; never through a link that someone put there
    rm -f "$folder/$1.new"
    (set -C && umask 077 && printf '%s' "$2" > "$folder/$1.new") && mv -f "$folder/$1.new" "$folder/$1"
}

say() { # to the first process, over a FIFO: the shim would hold a pipe as long as the program runs
    if [ "$run_with" = run_command ]; then
        printf '%s\n' "$1" >&3
    else
        printf '%s\n' "$1" > "$folder/answer"
    fi
}

give_up() {
    say "failed $1"
    rm -f "$folder/started"
    exit 127
}

run_first() {
    trap '' HUP INT QUIT TERM
    rm -f "$folder/answer"
    mkfifo -m 0600 "$folder/answer" || exit 1
    exec 3<&0
    start_shim() { # with default signals: what a shell finds ignored at its start it cannot give back to a program
        # shellcheck disable=SC2086
        (trap - HUP INT QUIT TERM && exec setsid $fork sh "$script" "$folder" shim <&3 3<&- > /dev/null 2>&1)
    }
    if setsid -f true 2> /dev/null; then
        fork=-f && start_shim
    else # busybox; a shell lets what it starts with & ignore INT and QUIT
        fork='' && start_shim &
    fi
    exec 3<&-
    read -r answer < "$folder/answer"
    rm -f "$folder/answer"
    printf '%s\n' "$answer"
}

run_shim() {
    trap '' HUP INT QUIT TERM PIPE USR1 USR2
    request=$(cat)
    exec < /dev/null 2> "$folder/words"
    cd /
    look_at_self
    apart=
    case $line_end$request$line_end in
        *"${line_end}mounts own$line_end"*) apart='unshare --mount --propagation private' ;;
    esac
    # shellcheck disable=SC2086
    if [ "$apart" ] && ! refused=$($apart true 2>&1); then
        give_up "cannot give it a file system of its own: $refused"
    fi
    (
        trap - HUP INT QUIT TERM PIPE USR1 USR2
        log=$(printf '%s\n' "$request" | sed -n 's/^log //p')
        decode "$log"
        : >> "$reeve_value" || give_up "cannot open log $reeve_value"
        exec 3>> "$reeve_value" # before it has mounts of its own: one that is written to cannot be made read-only
        # shellcheck disable=SC2086
        exec $apart setsid sh "$script" "$folder" program "$pid" "$start_ticks" << END
$request
END
    )
    status=$?
    exec 2> /dev/null
    if [ -e "$folder/started" ]; then
        while read -r key value; do
            [ "$key" = pid ] && kill -9 "-$value" # whoever is left of its group
        done < "$folder/started"
        events=$(printf '%s\n' "$request" | sed -n 's/^memory_events //p')
        killed=
        if [ "$events" ] && decode "$events" && killed=$(grep '^oom_kill [1-9]' "$reeve_value"); then
            killed=$killed$line_end
        fi
        end="code $status"
        if [ "$status" -gt 128 ] && { [ -s "$folder/words" ] || [ "$status" -eq 130 ] || [ "$status" -eq 141 ]; }; then
            end="signal $((status - 128))"
        fi
        record ended "run $REEVE_COOKIE$line_end$killed$end$line_end"
    fi
    rm -f "$folder/words"
}

decode() { # the bytes that Reeve wrote as \0ooo; the dot keeps line ends at the end
    case $1 in
        *\\*) reeve_value=$(printf '%b.' "$1") && reeve_value=${reeve_value%.} ;;
        *) reeve_value=$1 ;;
    esac
}

read_request() { # arguments become those of the program, variables the rest
    go='' environment='' cgroup='' joins='' writable='' read_only_paths='' temporary='' rlimits='' read_only=''
    uid='' gid='' groups='-' umask='' bounding='' ambient='' no_new_privileges=''
    terminal='' merged=''
    set --
    while IFS= read -r line; do
        encoded=${line#* }
        case ${line%% *} in
            environment) environment=$environment$encoded$line_end ;;
            argument) decode "$encoded" && set -- "$@" "$reeve_value" ;;
            directory) decode "$encoded" && directory=$reeve_value ;;
            log) decode "$encoded" && log=$reeve_value ;;
            cgroup) decode "$encoded" && cgroup=$reeve_value ;;
            program) decode "$encoded" && program=$reeve_value ;;
            join) joins=$joins$encoded$line_end ;;
            writable) writable=$writable$encoded$line_end ;;
            read_only_path) read_only_paths=$read_only_paths$encoded$line_end ;;
            temporary) temporary=$temporary$encoded$line_end ;;
            rlimit) rlimits=$rlimits$encoded$line_end ;;
            read_only) read_only=1 ;;
            run) run=$encoded ;;
            boot) boot=$encoded ;;
            uid) uid=$encoded ;;
            gid) gid=$encoded ;;
            groups) groups=${line#groups} && groups=${groups# } ;;
            umask) umask=$encoded ;;
            bounding_names) bounding=$encoded ;;
            ambient_names) ambient=$encoded ;;
            no_new_privileges) no_new_privileges=1 ;;
            terminal) terminal=$encoded ;;
            merged) merged=1 ;;
            go) go=1 && break ;; # what comes then is for a command
        esac
    done
    [ "$go" ] || give_up 'the request was cut off'
    shift
    arguments=$#
    "$run_with" "$program" "$@"
}

join_limits() {
    IFS=$line_end
    for entry in $joins; do
        decode "$entry"
        [ "$joined" ] && [ "$reeve_value" = "$cgroup" ] && continue # to join a cgroup, even one's own, takes milliseconds
        echo "$pid" > "$reeve_value/cgroup.procs" || give_up "cannot limit it: cannot join cgroup $reeve_value"
    done
    unset IFS
}

beneath() { # path, folder
    case $1/ in
        "$2"/*) return 0 ;;
    esac
    return 1
}

kept_writable() {
    beneath "$1" /dev || beneath "$1" /proc || beneath "$1" /sys && return 0
    for entry in $writable; do
        decode "$entry"
        beneath "$1" "$reeve_value" && return 0
    done
    return 1
}

own_file_system() {
    IFS=$line_end
    for entry in $read_only_paths; do
        decode "$entry"
        mount --rbind "$reeve_value" "$reeve_value" && mount -o remount,bind,ro "$reeve_value" ||
            give_up "cannot make $reeve_value read-only"
    done
    for entry in $writable; do
        decode "$entry"
        mount --rbind "$reeve_value" "$reeve_value" && mount -o remount,bind,rw "$reeve_value" ||
            give_up "cannot make $reeve_value writable"
    done
    if [ "$read_only" ]; then
        mounts=$(while IFS=' ' read -r _ _ _ _ path _; do printf '%s\n' "$path"; done < /proc/self/mountinfo)
        [ "$mounts" ] || give_up 'cannot read its mounts'
        for path in $mounts; do
            path=$(printf '%b' "$(printf '%s' "$path" | sed 's/\\\([0-7]\)/\\0\1/g')")
            kept_writable "$path" || [ ! -e "$path" ] || mount -o remount,bind,ro "$path" ||
                give_up "cannot make $path read-only"
        done
    fi
    for entry in $temporary; do
        decode "$entry"
        rest=${reeve_value#* * } # the first two are for who calls the kernel itself
        options=${rest%% *} path=${rest#* }
        mount -t tmpfs -o "$options" tmpfs "$path" || give_up "cannot give it a $path of its own"
    done
    unset IFS
}

set_limits() {
    IFS=$line_end
    for entry in $rlimits; do
        unset IFS
        # shellcheck disable=SC2086
        set -- $entry
        soft=$3 hard=$4
        [ "$soft" = -1 ] && soft=unlimited
        [ "$hard" = -1 ] && hard=unlimited
        prlimit --pid "$pid" "--$2=$soft:$hard" || give_up "cannot set ulimit $2 to $soft:$hard"
    done
    unset IFS
    [ -z "$umask" ] || umask "$umask"
}

privileges() { # the words of setpriv that the request asks for, in $privileges
    privileges=
    [ -z "$uid" ] || privileges="--reuid=$uid --regid=$gid"
    case $groups in
        -) ;;
        '') privileges="$privileges --clear-groups" ;;
        *) privileges="$privileges --groups=$(printf '%s' "$groups" | tr ' ' ,)" ;;
    esac
    [ -z "$ambient" ] || privileges="$privileges --inh-caps=$ambient --ambient-caps=$ambient"
    [ -z "$bounding" ] || privileges="$privileges --bounding-set=$bounding"
    [ -z "$no_new_privileges" ] || privileges="$privileges --no-new-privs"
    if [ "$privileges" ]; then # tried first: what fails after the program was said to run would be its own failure
        # shellcheck disable=SC2086
        refused=$(setpriv $privileges true 2>&1) || give_up "cannot confine it: $refused"
        privileges="setpriv $privileges --"
    fi
}

become() { # program and arguments
    IFS=$line_end
    for reeve_entry in $environment; do # from here on the program's variables may hide this script's
        case ${reeve_entry%%=*} in
            [!A-Za-z_]* | *[!A-Za-z0-9_]*) continue ;;
        esac
        decode "${reeve_entry#*=}"
        export "${reeve_entry%%=*}=$reeve_value"
    done
    unset IFS
    # shellcheck disable=SC2086
    exec $reeve_privileges "$@"
}

run_program() { # program and arguments
    look_at_self
    joined=
    if [ "$cgroup" ] && echo "$pid" > "$cgroup/cgroup.procs"; then
        joined="cgroup $cgroup$line_end"
    fi
    join_limits
    if [ "$uid" ] && [ "$uid" != "$(id -u)" ]; then # who opens /dev/stderr anew must be allowed to; its folder is closed
        chgrp "$gid" "$log"
        chmod 0620 "$log"
    fi
    record started "run $run${line_end}boot $boot${line_end}pid $pid${line_end}start $start_ticks$line_end$shim$joined" ||
        give_up "cannot write $folder/started"
    own_file_system
    set_limits
    privileges
    cd "$directory" || give_up "cannot use working directory $directory"
    say "started $pid $start_ticks"
    exec < /dev/null >&3 2>&1 3>&-
    unset PATH PWD OLDPWD
    reeve_privileges=${privileges:+/usr/bin/}$privileges
    become "$@"
}

begin_command() { # the first line of the request, "mounts own", "mounts PID" or "mounts shared", says where it goes on
    read -r _ mounts
    apart=
    case $mounts in
        shared) ;;
        own) apart='unshare --mount --propagation private' ;;
        *)
            [ "$(readlink /proc/self/ns/mnt)" = "$(readlink "/proc/$mounts/ns/mnt")" ] ||
                apart="nsenter --mount=/proc/$mounts/ns/mnt"
            ;;
    esac
    # shellcheck disable=SC2086
    exec $apart setsid sh "$script" "$folder" session
}

run_command() { # program and arguments
    exec 3>&2 2> /dev/null
    look_at_self
    joined=
    join_limits
    own_file_system
    set_limits
    privileges
    cd "$directory" || give_up "cannot use working directory $directory"
    if [ "$terminal" ]; then # the first that the leader of a session opens is the session's
        { : <> "$terminal"; } || give_up "cannot open terminal $terminal"
        exec <> "$terminal" >&0
    fi
    if [ "$uid" ] && [ "$uid" != "$(id -u)" ]; then # who opens /dev/stdout or the terminal anew must be allowed to
        for reeve_stream in 0 1 3; do
            if [ -t "$reeve_stream" ] || [ -p "/proc/self/fd/$reeve_stream" ]; then
                chown "$uid" "/proc/self/fd/$reeve_stream"
            fi
        done
    fi
    say started
    if [ "$terminal$merged" ]; then
        exec 2>&1 3>&-
    else
        exec 2>&3 3>&-
    fi
    unset PATH PWD OLDPWD
    reeve_privileges=${privileges:+/usr/bin/}$privileges
    become "$@"
}

script=$0 run_with=''
case ${2-} in
    shim) run_shim ;;
    program)
        shim="shim $3${line_end}shim_start $4$line_end"
        run_with=run_program
        read_request
        ;;
    command) begin_command ;;
    session)
        run_with=run_command
        read_request
        ;;
    *) run_first ;;
esac
