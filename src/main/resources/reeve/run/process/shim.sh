# What shim.pl does, for machines without perl. The same request, files and answers; three things it cannot do:
# - a variable whose name is not an identifier cannot be passed on (Reeve refuses the start)
# - that the kernel could not run the program is not told from its exit codes 126 and 127 (Reeve looks before it starts)
# - a shell knows only $?, which is 137 for KILL and for exit 137. But it says "Killed" or the like on its standard error when
#   a signal ended what it ran, except for INT and PIPE: 130 and 141 are taken for those signals.
# Called with the instance's folder; calls itself again with "shim" and "program" for the three processes of a start.
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
    printf '%s\n' "$1" > "$folder/answer"
}

give_up() {
    say "failed $1"
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
    (
        trap - HUP INT QUIT TERM PIPE USR1 USR2
        exec setsid sh "$script" "$folder" program "$pid" "$start_ticks" << END
$request
END
    )
    status=$?
    exec 2> /dev/null
    if [ -e "$folder/started" ]; then
        while read -r key value; do
            [ "$key" = pid ] && kill -9 "-$value" # whoever is left of its group
        done < "$folder/started"
        end="code $status"
        if [ "$status" -gt 128 ] && { [ -s "$folder/words" ] || [ "$status" -eq 130 ] || [ "$status" -eq 141 ]; }; then
            end="signal $((status - 128))"
        fi
        record ended "run $REEVE_COOKIE$line_end$end$line_end"
    fi
    rm -f "$folder/words"
}

decode() { # the bytes that Reeve wrote as \0ooo; the dot keeps line ends at the end
    case $1 in
        *\\*) reeve_value=$(printf '%b.' "$1") && reeve_value=${reeve_value%.} ;;
        *) reeve_value=$1 ;;
    esac
}

run_program() { # shim's pid, shim's start
    shim="shim $1${line_end}shim_start $2$line_end"
    go='' environment='' cgroup=''
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
            run) run=$encoded ;;
            boot) boot=$encoded ;;
            go) go=1 ;;
        esac
    done
    [ "$go" ] || give_up 'the request was cut off'
    shift
    set -- "$program" "$@"
    look_at_self
    joined=
    if [ "$cgroup" ] && echo "$pid" > "$cgroup/cgroup.procs"; then
        joined="cgroup $cgroup$line_end"
    fi
    cd "$directory" || give_up "cannot use working directory $directory"
    : >> "$log" || give_up "cannot open log $log"
    record started "run $run${line_end}boot $boot${line_end}pid $pid${line_end}start $start_ticks$line_end$shim$joined" ||
        give_up "cannot write $folder/started"
    say "started $pid $start_ticks"
    exec < /dev/null >> "$log" 2>&1
    unset PATH PWD OLDPWD
    IFS=$line_end
    for reeve_entry in $environment; do # from here on the program's variables may hide this script's
        decode "${reeve_entry#*=}"
        export "${reeve_entry%%=*}=$reeve_value"
    done
    exec "$@"
}

script=$0
case ${2-} in
    shim) run_shim ;;
    program) run_program "$3" "$4" ;;
    *) run_first ;;
esac
