# A web server that is there within milliseconds: quick-server.pl PORT STARTS
# `/slow/MILLISECONDS` answers after that time, anything else at once, with the server's pid, or what VERSION says, as the body. Serves
# all connections from one loop. Adds its pid as a line to the file STARTS when it starts. BROKEN=exits or BROKEN=deaf: never serves.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($port, $starts) = @ARGV;
my $body = $ENV{VERSION} // $$;
my $broken = $ENV{BROKEN} // '';
exit 1 if $broken eq 'exits';
sleep 1000000 if $broken eq 'deaf';
$SIG{PIPE} = 'IGNORE';
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 512, ReuseAddr => 1)
    or die "cannot listen on $port: $!";
open my $record, '>>', $starts or die "cannot write $starts: $!";
syswrite $record, "$$\n";
close $record;

my $readable = IO::Select->new($listener);
my %read;
my @late;    # [when, connection], answers that are due later
while (1) {
    @late = sort { $a->[0] <=> $b->[0] } @late;
    my $wait = @late ? $late[0][0] - now() : undef;
    $wait = 0 if defined $wait && $wait < 0;
    for my $ready ($readable->can_read($wait)) {
        if ($ready == $listener) {
            my $client = $listener->accept;
            $readable->add($client) if $client;
            next;
        }
        $read{$ready} //= '';
        if (!sysread $ready, $read{$ready}, 65536, length $read{$ready}) {
            delete $read{$ready};
            $readable->remove($ready);
            @late = grep { $_->[1] != $ready } @late;
            close $ready;
            next;
        }
        while ($read{$ready} =~ s/\A\S+ (\S+) .*?\r\n\r\n//s) {
            my $slow = $1 =~ m{^/slow/(\d+)} ? $1 / 1000 : 0;
            $slow ? push @late, [now() + $slow, $ready] : answer($ready);
        }
    }
    answer((shift @late)->[1]) while @late && $late[0][0] <= now();
}

sub now {    # seconds and hundredths; perl-base has no Time::HiRes
    open my $uptime, '<', '/proc/uptime' or die "cannot read the clock: $!";
    return (split ' ', <$uptime>)[0];
}

sub answer {
    syswrite shift, "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
}
