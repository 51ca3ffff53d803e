# The parent of one program: starts it, waits for it and writes down how it ended, whether Reeve is there or not.
# Needs nothing but perl itself (Debian's perl-base). Uses no module, not even "strict" and "warnings", and what only a process needs
# that becomes a program stands after __END__ and is compiled by that process: that keeps each shim at half a megabyte of memory of
# its own, which is little more than perl takes to run "sleep".
#
# On standard input comes the request: lines "KEY VALUE", in values each byte that is not printable ASCII written \0ooo, and
# "go" as the last line. A request without it was cut off by the death of Reeve: nothing is started.
# On standard output goes one line: "started PID START", or "failed REASON"; then this first process ends. The shim, its
# child, leads a session of its own and holds neither a pipe to Reeve nor the log. The program, the shim's child, leads a
# session and group of its own, and is confined as the request says before it runs, or does not run.
#
# Called with "command", this first process becomes the program instead, with its own standard streams or with a terminal. On
# standard error goes one line first: "started", or "failed REASON"; what comes on standard input after "go" is the program's.
our ($said, %request, %many, %call);    # $said: to whoever waits for this process to become the program

$SIG{$_} = 'IGNORE' for qw(HUP INT QUIT TERM PIPE USR1 USR2);
$SIG{CHLD} = 'DEFAULT';
$| = 1;

our $text = '';
while (my $line = <STDIN>) {
    $text .= $line;
    last if $line eq "go\n";
}
exit 1 unless $text =~ /^go\n\z/m;
if (($ARGV[1] // '') eq 'command') {
    compile_rest();
    become_command();
}

pipe(my $from, my $to) or answer("failed cannot make a pipe: $!");
my $shim = fork;
answer("failed cannot start the shim: $!") unless defined $shim;
if ($shim) {
    close $to;
    my $line = <$from>;
    answer($line // 'failed the shim ended without a word');
}

close $from;
chdir '/';
my ($folder, $run, $memory_events) = map { value($_) } qw(folder run memory_events);
our $shim_start = start_ticks();
syscall($text =~ /^machine aarch64$/m ? 157 : 112);    # setsid
open STDIN,  '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
my ($program, $last) = spawn();
unlink "$folder/started" if $last =~ /^failed/;
syswrite $to, $last;
close $to;
exit 0 unless $program;
close DATA;
undef $text;

waitpid $program, 0;
my $status = $?;
kill 'KILL', -$program;    # whoever is left of its group
if (-e "$folder/started") {    # not there when the program could not be run
    my $end = $status & 127 ? 'signal ' . ($status & 127) : 'code ' . ($status >> 8);
    record('ended', "run $run\n" . out_of_memory() . "$end\n");
}
exit 0;

# Starts a process and waits until it has become the program, or could not.
sub spawn {
    pipe(my $hear, my $say) or return (0, "failed cannot make a pipe: $!\n");
    my $pid = fork;
    return (0, "failed cannot start a process: $!\n") unless defined $pid;
    if (!$pid) {
        close $hear;
        $said = $say;
        compile_rest();
        run_program();
    }
    close $say;
    my @lines = <$hear>;    # until a successful exec closes the pipe; what was said last holds
    return ($pid, $lines[-1] // "failed the process ended without a word\n");
}

sub compile_rest {
    local $/;
    my $rest = <DATA>;
    close DATA;
    eval "$rest; 1" or die $@;
}

sub value {    # of one key of the request
    my $key = shift;
    return $text =~ /^$key (.*)$/m ? decoded($1) : '';
}

sub decoded {
    my $value = shift;
    $value =~ s/\\0([0-7]{3})/chr oct $1/ge;
    return $value;
}

sub out_of_memory {
    open my $events, '<', $memory_events or return '';
    return join '', grep { /^oom_kill [1-9]/ } <$events>;
}

sub start_ticks {    # field 22 of proc_pid_stat(5), counted after the name, which may hold spaces and parentheses
    open my $stat, '<', '/proc/self/stat' or return 0;
    my $line = <$stat>;
    return (split ' ', substr $line, rindex($line, ')') + 2)[19];
}

sub record {    # whole or not at all; never through a link that someone put there
    my ($name, $lines) = @_;
    my $path = "$folder/$name";
    unlink "$path.new";
    sysopen my $file, "$path.new", 0301, 0600 or return 0;    # O_WRONLY | O_CREAT | O_EXCL
    return syswrite($file, $lines) == length $lines && close($file) && rename "$path.new", $path;
}

sub answer {
    my $line = shift;
    chomp $line;
    print "$line\n";
    exit 0;
}

__END__

# Everything from here on is for a process that becomes a program.

%many = map { $_ => [] } qw(environment argument join rlimit writable read_only_path temporary);
for (split /\n/, $text) {
    my ($key, $value) = split / /, $_, 2;
    $value = decoded($value);
    if   (exists $many{$key}) { push @{ $many{$key} }, $value }
    else                      { $request{$key} = $value }
}

# System calls that perl has no function for, without its large POSIX module.
my @names = qw(setsid rt_sigprocmask unshare setns mount prctl capset prlimit64 setgroups setresgid setresuid mount_setattr);
my @numbers = $request{machine} eq 'aarch64'
    ? (157, 135, 97, 268, 40, 167, 91, 261, 159, 149, 147, 442)
    : (112, 14, 272, 308, 165, 157, 126, 302, 116, 119, 117, 442);
@call{@names} = @numbers;

sub run_program {
    begin();
    my $joined = '';
    $joined = "cgroup $request{cgroup}\n" if exists $request{cgroup} and member_of($request{cgroup});
    join_limits($joined ? $request{cgroup} : '');
    open STDOUT, '>>', $request{log} or give_up("cannot open log $request{log}: $!");
    open STDERR, '>&', \*STDOUT;
    if (exists $request{uid} and $request{uid} != $>) {    # who opens /dev/stderr anew must be allowed to; its folder is closed
        chown -1, int $request{gid}, \*STDOUT;
        chmod 0620, \*STDOUT;
    }
    my ($pid, $start) = ($$, start_ticks());
    record('started', "run $request{run}\nboot $request{boot}\npid $pid\nstart $start\n"
            . 'shim ' . getppid() . "\nshim_start $shim_start\n$joined")
        or give_up("cannot write $request{folder}/started: $!");
    own_mounts();
    become_user();
    syswrite $said, "started $pid $start\n";
    exec_program();
    give_up("cannot run $request{program}: $!");
}

sub become_command {
    open $said, '>&', \*STDERR;    # closed when it has become the command
    begin();
    if (exists $request{terminal}) {    # the first that the leader of a session opens is the session's
        open STDIN, '+<', $request{terminal} or give_up("cannot open terminal $request{terminal}: $!");
        open STDOUT, '>&', \*STDIN;
        open STDERR, '>&', \*STDIN;
    }
    open STDERR, '>&', \*STDOUT if exists $request{merged};
    join_limits('');
    own_mounts();
    if (exists $request{uid} and $request{uid} != $>) {    # who opens /dev/stdout or the terminal anew must be allowed to
        chown int $request{uid}, -1, grep { -p $_ or -t $_ } \*STDIN, \*STDOUT, \*STDERR;
    }
    become_user();
    syswrite $said, "started\n";
    exec_program();
    syswrite STDERR, "cannot run $request{program}: $!\n";
    exit 127;
}

sub begin {
    syscall($call{setsid});
    # what Reeve's own parents ignored or blocked is not for the program to inherit
    $SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM PIPE USR1 USR2);
    my $none = "\0" x 8;
    syscall($call{rt_sigprocmask}, 2, $none, 0, 8);
}

sub member_of {
    my $folder = shift;
    open my $members, '>', "$folder/cgroup.procs" or return 0;
    return syswrite($members, $$) && close $members;
}

sub join_limits {    # to join a cgroup, even one's own, takes milliseconds
    my $joined = shift;
    for my $folder (@{ $many{join} }) {
        next if $folder eq $joined;
        member_of($folder) or give_up("cannot limit it: cannot join cgroup $folder: $!");
    }
}

sub own_mounts {
    own_file_system() if $request{mounts} eq 'own';
    file_system_of($request{mounts}) if $request{mounts} =~ /^[0-9]/;
}

sub file_system_of {
    my $pid = shift;
    open my $namespace, '<', "/proc/$pid/ns/mnt" or give_up("its program is gone: $!");
    return if readlink('/proc/self/ns/mnt') eq readlink("/proc/$pid/ns/mnt");
    syscall($call{setns}, fileno $namespace, 0x20000) == 0 or give_up("cannot enter its file system: $!");
}

# The paths may be folders or files. Mounts that come and go elsewhere are not seen here any more.
sub own_file_system {
    syscall($call{unshare}, 0x20000) == 0 or give_up("cannot give it a file system of its own: $!");
    mount('none', '/', 0, 0x4000 | 0x40000, 0) or give_up("cannot give it a file system of its own: $!");    # MS_REC | MS_PRIVATE
    for my $path (@{ $many{read_only_path} }) {
        bind_mount($path) && mount_flag($path, 1, 0, 0x8000) or give_up("cannot make $path read-only: $!");        # AT_RECURSIVE
    }
    for my $path (@{ $many{writable} }) {
        bind_mount($path) && mount_flag($path, 0, 1, 0) or give_up("cannot make $path writable: $!");
    }
    if (exists $request{read_only}) {
        my @kept = (qw(/dev /proc /sys), @{ $many{writable} });
        for my $path (mounts()) {
            next if grep { $path eq $_ or index($path, "$_/") == 0 } @kept;
            mount_flag($path, 1, 0, 0) or give_up("cannot make $path read-only: $!");
        }
    }
    for (@{ $many{temporary} }) {
        my ($flags, $data, undef, $path) = split / /, $_, 4;
        mount('tmpfs', $path, 'tmpfs', $flags, $data) or give_up("cannot give it a $path of its own: $!");
    }
}

sub bind_mount {
    my $path = shift;
    return mount($path, $path, 0, 0x1000 | 0x4000, 0);    # MS_BIND | MS_REC
}

sub mount {
    my ($source, $target, $type, $flags, $options) = @_;
    return syscall($call{mount}, $source, $target, $type, int $flags, $options) == 0;
}

sub mount_flag {    # MOUNT_ATTR_RDONLY set or cleared, other flags as they are
    my ($path, $set, $clear, $how) = @_;
    my $attributes = pack 'QQQQ', $set, $clear, 0, 0;
    return syscall($call{mount_setattr}, -100, $path, $how, $attributes, 32) == 0;
}

sub mounts {
    open my $table, '<', '/proc/self/mountinfo' or give_up("cannot read its mounts: $!");
    my %seen;
    for (<$table>) {
        my $path = (split / /)[4];
        $path =~ s/\\([0-7]{3})/chr oct $1/ge;
        $seen{$path} = 1;
    }
    return grep { -e $_ } sort keys %seen;    # not those beneath another mount
}

sub become_user {
    # whoever is already there need not be allowed to come
    my $there = $request{mounts} =~ /^[0-9]/ && chdir $request{directory};
    for (@{ $many{rlimit} }) {
        my ($number, $name, $soft, $hard) = split / /;
        my $limit = pack 'q<q<', $soft, $hard;    # -1 is RLIM_INFINITY
        syscall($call{prlimit64}, 0, int $number, $limit, 0) == 0 or give_up("cannot set ulimit $name to $soft:$hard: $!");
    }
    umask oct $request{umask} if exists $request{umask};
    if (exists $request{bounding}) {
        for my $capability (0 .. $request{last_capability}) {
            next if $request{bounding} & (1 << $capability);
            prctl(24, $capability) or give_up("cannot drop capabilities: $!");    # PR_CAPBSET_DROP
        }
    }
    if (exists $request{ambient}) {
        prctl(8, 1) or give_up("cannot keep capabilities: $!");                   # PR_SET_KEEPCAPS
    }
    if (exists $request{groups}) {
        my @groups = split / /, $request{groups};
        my $list = pack 'I*', @groups, 0;
        syscall($call{setgroups}, scalar @groups, $list) == 0 or give_up("cannot set its groups: $!");
    }
    if (exists $request{uid}) {
        my ($user, $group) = (int $request{uid}, int $request{gid});
        syscall($call{setresgid}, $group, $group, $group) == 0 or give_up("cannot run as group $group: $!");
        syscall($call{setresuid}, $user, $user, $user) == 0 or give_up("cannot run as user $user: $!");
    }
    if (exists $request{ambient}) {
        my ($low, $high) = ($request{ambient} & 0xffffffff, $request{ambient} >> 32);
        my ($header, $sets) = (pack('Ii', 0x20080522, 0), pack 'I6', ($low) x 3, ($high) x 3);
        syscall($call{capset}, $header, $sets) == 0 or give_up("cannot keep capabilities: $!");
        for my $capability (0 .. $request{last_capability}) {
            next unless $request{ambient} & (1 << $capability);
            prctl(47, 2, $capability) or give_up("cannot keep capability $capability: $!");    # PR_CAP_AMBIENT_RAISE
        }
    }
    if (exists $request{no_new_privileges}) {
        prctl(38, 1) or give_up("cannot forbid new privileges: $!");                             # PR_SET_NO_NEW_PRIVS
    }
    $there or chdir $request{directory} or give_up("cannot use working directory $request{directory}: $!");
}

sub prctl {
    my ($option, $second, $third) = @_;
    return syscall($call{prctl}, $option, int $second, int($third // 0), 0, 0) == 0;
}

sub exec_program {
    %ENV = ();
    for (@{ $many{environment} }) {
        my ($name, $value) = split /=/, $_, 2;
        $ENV{$name} = $value;
    }
    return exec { $request{program} } @{ $many{argument} };
}

sub give_up {
    my $reason = shift;
    syswrite $said, "failed $reason\n";
    exit 127;
}
