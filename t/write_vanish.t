# SPDX-License-Identifier: BSD-2-Clause

# No POST makes an index of another shape: not when the index, its template, its
# alias or all of them vanish under a running worker, under load, at any moment.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use CricketWrites;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

my ($port) = es_url() =~ /:(\d+)/;


sub init {
    my ($index) = @_;

    my @command = ("$CricketTest::TOP/objs/cricket", '--init', '--url',
                   es_url(), '--index', $index, '--replicas', 0);
    open my $out, '-|', @command or die "@command: $!";
    my $said = join '', <$out>;
    close $out or diag $said;

    return $said;
}


# The index's mapping if it is there: "right", "wrong" or "none".
sub shape {
    my ($index) = @_;

    my ($status, $reply) = es('GET', "/$index/_mapping");
    return 'none' if $status == 404;

    my ($mapping) = map { $_->{mappings} } values %$reply;

    return ($mapping->{dynamic} // '') eq 'strict'
           && ($mapping->{properties}{value}{type} // '') eq 'double'
           ? 'right' : 'wrong';
}


sub places {
    my ($index) = @_;

    my ($status, $reply) = es('GET', "/$index/_alias");

    return $status == 200 ? join ' ', map { sort keys %{ $_->{aliases} } }
                                      values %$reply
                          : '';
}


sub value_of {
    my ($nginx, $name) = @_;

    return http($nginx->port, 'GET', "/v1/metrics?name=$name")->{body};
}


# What an index of another shape would take for an integer.
sub fraction {
    my ($name) = @_;

    return qq({"name":"$name","type":"t","value":2.75,)
           . '"timestamp":"2017-01-01T00:00:00Z"}';
}


sub server {
    my ($index, %option) = @_;

    return cricket(es => $port, index => $index, %option, set => '
        location = /ready { cricket ready; }
    ' . ($option{set} // ''));
}


# What cricket --init makes, and a worker uses.
my $index = fresh_index();
is(places($index), "$index-w", 'an alias for writes');
my $nginx = server($index);
is(post($nginx, 'a')->finish->{status}, 200, 'stored');
es('DELETE', "/$index/_alias/$index-w");
is(post($nginx, 'b')->finish->{status}, 503, 'without the alias: told');
is(post($nginx, 'c')->finish->{status}, 200, 'and it is given anew');
is(places($index), "$index-w", 'it is');
is(count($index), 2, 'two are stored');

# The index is deleted, its template is there: it is made as it should be.
es('DELETE', "/$index");
is(post($nginx, 'd')->finish->{status}, 503, 'no index: told');
is(shape($index), 'none', 'none was made by it');
is(post($nginx, fraction('e'), '/v1/metrics?refresh=wait_for')
   ->finish->{status}, 200, 'then it is made');
is(shape($index), 'right', 'in its shape');
is(places($index), "$index-w", 'with its alias');
like(value_of($nginx, 'e'), qr/"value":2\.75/, 'what was sent is read');

# The index and its template: nothing can make it.
es('DELETE', "/$index");
es('DELETE', "/_index_template/cricket-$index");
is(post($nginx, fraction('f'))->finish->{status}, 503, 'neither')
    for 1 .. 3;
is(shape($index), 'none', 'no index was made');
like($nginx->log, qr/no index "\Q$index\E", and no template/, 'and it is said');
init($index);
is(post($nginx, 'g')->finish->{status}, 200, 'set up again');
is(shape($index), 'right', 'in its shape');
quit($nginx);

# An index of before, without the alias: the module gives it one, and so does
# cricket --init.
es('DELETE', "/$index/_alias/$index-w");
like(init($index), qr/^gave index \Q$index\E the alias \Q$index\E-w, for writes$/m,
     'cricket --init says that it does');
is(places($index), "$index-w", 'and does');
unlike(init($index), qr/alias/, 'once');
es('DELETE', "/$index/_alias/$index-w");
$nginx = server($index);
is(post($nginx, 'h')->finish->{status}, 200, 'stored');
is(places($index), "$index-w", 'a worker gives it as well');
quit($nginx);

# A name that is an alias itself: required as well.
es('POST', '/_aliases', encode_json({ actions => [
    { add => { index => $index, alias => "swap-$index" } }] }));
$nginx = server("swap-$index");
is(post($nginx, 'i')->finish->{status}, 200, 'by an alias');
es('DELETE', "/$index/_alias/swap-$index");
is(post($nginx, 'j')->finish->{status}, 503, 'that is gone');
is(shape("swap-$index"), 'none', 'no index has its name');
es('POST', '/_aliases', encode_json({ actions => [
    { add => { index => $index, alias => "swap-$index" } }] }));
is(post($nginx, 'k')->finish->{status}, 200, 'and is there again');
quit($nginx);
es('DELETE', "/$index/_alias/swap-$index");

# An index has the alias's name: bulks go by the index's own, and it is said.
my $taken = fresh_index();
es('DELETE', "/$taken/_alias/$taken-w");
es('PUT', "/$taken-w");
$nginx = server($taken);
is(post($nginx, 'l')->finish->{status}, 200, 'stored by its name');
is(post($nginx, 'm')->finish->{status}, 200, 'again');
is(scalar(() = $nginx->log =~ /does not give the index "\Q$taken\E" the alias/g),
   1, 'told once');
quit($nginx);
es('DELETE', "/$taken-w");

# Under load, over and over.
my $wild = fresh_index();
$nginx = server($wild, _workers => 2);
my $worst = 'none';
my ($stored, $told, $other) = (0, 0, 0);
my $end = time + ($ENV{VANISH_SECONDS} // 8);
my $round = 0;
my @pids;

for my $sender (1 .. 4) {
    pipe my $in, my $out or die "pipe: $!";
    my $pid = fork() // die "fork: $!";

    if ($pid == 0) {
        close $in;
        my %n;
        my $i = 0;
        while (time < $end) {
            my $reply = post($nginx, fraction("s$sender-" . $i++))
                        ->finish(15);
            $n{$reply ? $reply->{status} : 0}++;
        }
        syswrite $out, encode_json(\%n);
        close $out;
        POSIX::_exit(0);
    }

    close $out;
    push @pids, [$pid, $in];
}

while (time < $end - 1) {
    es('DELETE', "/$wild") if $round % 2 == 0;
    es('DELETE', "/_index_template/cricket-$wild") if $round % 3 == 0;
    es('DELETE', "/$wild/_alias/$wild-w") if $round % 2 == 1;
    sleep 0.05 * ($round % 5);
    $worst = 'wrong' if shape($wild) eq 'wrong' || shape("$wild-w") eq 'wrong';
    init($wild);
    sleep 0.03 * ($round % 7);
    $round++;
}

for (@pids) {
    my ($pid, $in) = @$_;
    my %n = %{ decode_json(join '', <$in>) };
    waitpid $pid, 0;
    $stored += delete $n{200} // 0;
    $told += delete $n{503} // 0;
    $other += $_ for values %n;
}

isnt($worst, 'wrong', "$round rounds: never another shape");
is(shape($wild), 'right', 'and the right one in the end');
cmp_ok($stored, '>', 20, "stored: $stored");
cmp_ok($told, '>', 0, "told: $told");
is($other, 0, 'no other answer');
es('POST', "/$wild/_refresh");
my ($status, $reply) = es('GET', "/$wild/_search?size=1000");
is(scalar(grep { $_->{_source}{value} != 2.75 } @{ $reply->{hits}{hits} }), 0,
   'all values are what was sent');
quit($nginx, 15);

done_testing();
