# The parent of one program: starts it, waits for it and writes down how it ended, whether Reeve is there or not.
# Uses no Perl module: that keeps it at half a megabyte. Needs nothing but perl itself (Debian's perl-base).
#
# On standard input comes the request: lines "KEY VALUE", in values each byte that is not printable ASCII written \0ooo, and
# "go" as the last line. A request without it was cut off by the death of Reeve: nothing is started.
# On standard output goes one line: "started PID START", or "failed REASON"; then this first process ends. The shim, its
# child, leads a session of its own and holds neither a pipe to Reeve nor the log. The program, the shim's child, leads a
# session and group of its own.
use strict;
no warnings;

$SIG{$_} = 'IGNORE' for qw(HUP INT QUIT TERM PIPE USR1 USR2);
$SIG{CHLD} = 'DEFAULT';
$| = 1;

my %request;
my (@environment, @command);
while (my $line = <STDIN>) {
    chomp $line;
    my ($key, $value) = split / /, $line, 2;
    $value =~ s/\\0([0-7]{3})/chr oct $1/ge;
    if    ($key eq 'environment') { push @environment, $value }
    elsif ($key eq 'argument')    { push @command, $value }
    else                          { $request{$key} = $value }
}
exit 1 unless exists $request{go};

pipe(my $from, my $to) or answer("failed cannot make a pipe: $!");
my $shim = fork;
answer("failed cannot start the shim: $!") unless defined $shim;
if ($shim) {
    close $to;
    my @said = <$from>;    # until a successful exec closes the pipe; what was said last holds
    answer($said[-1] // 'failed the shim ended without a word');
}

close $from;
chdir '/';
syscall($request{setsid});
open STDIN,  '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
my $shim_start = start_ticks();
my $program = fork;
give_up("cannot start a process: $!") unless defined $program;
run_program() unless $program;
close $to;
undef @environment;

waitpid $program, 0;
my $status = $?;
kill 'KILL', -$program;    # whoever is left of its group
if (-e "$request{folder}/started") {    # not there when the program could not be run
    my $end = $status & 127 ? 'signal ' . ($status & 127) : 'code ' . ($status >> 8);
    record('ended', "run $request{run}\n$end\n");
}
exit 0;

sub run_program {
    syscall($request{setsid});
    # what Reeve's own parents ignored or blocked is not for the program to inherit
    $SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM PIPE USR1 USR2);
    my $none = "\0" x 8;
    syscall($request{sigprocmask}, 2, $none, 0, 8);
    my $joined = '';
    if (exists $request{cgroup} and open my $members, '>', "$request{cgroup}/cgroup.procs") {
        $joined = "cgroup $request{cgroup}\n" if syswrite($members, $$) and close $members;
    }
    open STDOUT, '>>', $request{log} or give_up("cannot open log $request{log}: $!");
    open STDERR, '>&', \*STDOUT;
    chdir $request{directory} or give_up("cannot use working directory $request{directory}: $!");
    my ($pid, $start) = ($$, start_ticks());
    record('started', "run $request{run}\nboot $request{boot}\npid $pid\nstart $start\n"
            . 'shim ' . getppid() . "\nshim_start $shim_start\n$joined")
        or give_up("cannot write $request{folder}/started: $!");
    %ENV = ();
    for (@environment) {
        my ($name, $value) = split /=/, $_, 2;
        $ENV{$name} = $value;
    }
    syswrite $to, "started $pid $start\n";
    exec { $request{program} } @command;
    my $reason = "cannot run $request{program}: $!";
    unlink "$request{folder}/started";
    give_up($reason);
}

sub start_ticks {    # field 22 of proc_pid_stat(5), counted after the name, which may hold spaces and parentheses
    open my $stat, '<', '/proc/self/stat' or return 0;
    my $line = <$stat>;
    return (split ' ', substr $line, rindex($line, ')') + 2)[19];
}

sub record {    # whole or not at all; never through a link that someone put there
    my ($name, $text) = @_;
    my $path = "$request{folder}/$name";
    unlink "$path.new";
    sysopen my $file, "$path.new", 0301, 0600 or return 0;    # O_WRONLY | O_CREAT | O_EXCL
    return syswrite($file, $text) == length $text && close($file) && rename "$path.new", $path;
}

sub give_up {
    my $reason = shift;
    syswrite $to, "failed $reason\n";
    exit 127;
}

sub answer {
    my $line = shift;
    chomp $line;
    print "$line\n";
    exit 0;
}
