# SPDX-License-Identifier: BSD-2-Clause

# make install: what lands where, that a module which an nginx has loaded is
# replaced and not written to, and how that nginx gets the new one.

use strict;
use warnings;

use lib 't/lib';

use CricketTest;
use File::Find qw(find);
use File::Path qw(make_path);
use Test::More;

my $top = $CricketTest::TOP;
my $dir = CricketTest::folder('install');
my $module = 'ngx_http_cricket_module.so';
my $system = -x '/usr/sbin/nginx' ? '/usr/sbin/nginx' : 'nginx';
my $background;

# What make has set for this test's own make.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES DESTDIR prefix bindir
               datadir modulesdir NGINX_BINARY)};


# Returns the exit code and what was printed.
sub make_install {
    my (@variables) = @_;

    my $out = "$dir/out";
    my $pid = fork() // die "fork: $!";

    if ($pid == 0) {
        open STDOUT, '>', $out;
        open STDERR, '>&', \*STDOUT;
        umask 077;
        exec 'make', '-s', '-C', $top, 'install', @variables
            or POSIX::_exit(127);
    }

    waitpid $pid, 0;

    return ($? >> 8, slurp($out));
}


# All below a folder: the path and the mode.
sub tree {
    my ($root) = @_;

    my %seen;
    find({ no_chdir => 1, wanted => sub {
        $seen{substr $_, length $root} = sprintf '%04o', (stat)[2] & 07777
            if $_ ne $root;
    } }, $root);

    return \%seen;
}


sub put {
    my ($name, $text, $mode) = @_;

    open my $fh, '>', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh;
    chmod $mode, "$dir/$name" if $mode;

    return "$dir/$name";
}


# What a process has mapped: only the line that says so if it was replaced.
sub maps {
    my ($pid) = @_;

    my ($line) = grep { /\Q$module\E/ } split /^/m, slurp("/proc/$pid/maps");

    return !defined $line ? 'none' : $line =~ /\(deleted\)$/ ? 'old' : 'new';
}


sub workers {
    my ($pid) = @_;

    return map { /^\d+ \(.*\) \S (\d+)/ && $1 == $pid ? /^(\d+)/ : () }
           map { slurp($_) } glob '/proc/[0-9]*/stat';
}


sub master {
    my ($pid) = slurp("$dir/nginx.pid") =~ /^(\d+)$/;

    return $pid;
}


my $dest = "$dir/dest";
my ($code, $said) = make_install("DESTDIR=$dest", 'prefix=/usr',
                                 'modulesdir=/usr/lib/nginx/modules');
is($code, 0, 'it installs') or diag $said;
is_deeply(tree($dest), {
    '/usr' => '0755', '/usr/bin' => '0755', '/usr/lib' => '0755',
    '/usr/lib/nginx' => '0755', '/usr/lib/nginx/modules' => '0755',
    '/usr/share' => '0755', '/usr/share/cricket' => '0755',
    '/usr/share/man' => '0755', '/usr/share/man/man1' => '0755',
    '/usr/share/man/man5' => '0755',
    '/usr/bin/cricket' => '0755',
    "/usr/lib/nginx/modules/$module" => '0644',
    '/usr/share/cricket/nginx.conf.example' => '0644',
    '/usr/share/man/man1/cricket.1' => '0644',
    '/usr/share/man/man5/ngx_http_cricket_module.5' => '0644',
}, 'the folders, five files, and nothing else, whatever the umask');
is(slurp("$dest/usr/lib/nginx/modules/$module"), slurp("$top/objs/$module"),
   'the module is the one that was built');
is($said, join('', map { "$dest$_\n" } "/usr/lib/nginx/modules/$module",
               '/usr/bin/cricket', '/usr/share/cricket/nginx.conf.example',
               '/usr/share/man/man1/cricket.1',
               '/usr/share/man/man5/ngx_http_cricket_module.5'),
   'it says where');

# nginx knows where its modules are, and the program where the example is.
my $fake = put('nginx', "#!/bin/sh\ncase \$1 in -V)\n"
               . "echo 'configure arguments: --prefix=/n --modules-path=/n/m'"
               . " >&2 ;;\n*) echo \"\$@\" ;; esac\n", 0755);
($code, $said) = make_install("DESTDIR=$dir/other", "NGINX=$fake");
is($code, 0, 'where nginx says') or diag $said;
ok(-e "$dir/other/n/m/$module", 'the folder of --modules-path');
ok(-x "$dir/other/usr/local/bin/cricket", '/usr/local without a prefix');

{
    local $ENV{XDG_RUNTIME_DIR} = "$dir/runtime";
    mkdir $ENV{XDG_RUNTIME_DIR}, 0700;
    like(`$dest/usr/bin/cricket --nginx $fake 2>&1`,
         qr{-c \Q$dest\E/usr/share/cricket/nginx\.conf\.example },
         'the program serves the example that is installed');
}

# What cannot be done is said, and nothing is left half done.
($code, $said) = make_install("DESTDIR=$dir/none", 'NGINX=/bin/true');
isnt($code, 0, 'an nginx without --modules-path');
like($said, qr/^install-files: .*modulesdir=FOLDER/m, 'is asked for');
($code, $said) = make_install('modulesdir=m', "DESTDIR=$dir/none");
isnt($code, 0, 'a relative folder');
like($said, qr/^install-files: m: a path from the root/m, 'is refused');
ok(!-e "$dir/none", 'nothing was made');
make_path("$dir/full/m/$module");
($code, $said) = make_install("DESTDIR=$dir/full", 'modulesdir=/m');
isnt($code, 0, 'a folder in the place of the module');
is_deeply(tree("$dir/full"), { '/m' => '0755', "/m/$module" => '0755' },
          'is left, and no other file');

# An nginx in the background, as an upgrade needs it, with what is installed.
my $port = free_port();
my $user = $> == 0 ? 'user root;' : '';
my $paths = join "\n", map { "${_}_temp_path $dir/$_;" }
            qw(client_body proxy fastcgi uwsgi scgi);
my $conf = put('nginx.conf', <<"END");
load_module $dest/usr/lib/nginx/modules/$module;
pid $dir/nginx.pid;
error_log $dir/error.log info;
worker_processes 2;
$user
events {}
http {
    access_log off;
    $paths
    server {
        listen 127.0.0.1:$port;
        location = /health { cricket health; }
        location = /metrics { cricket status; }
    }
}
END

sub served {
    return scalar grep {
        http($port, 'GET', '/health', undef, Connection => 'close')->{status}
            == 200
    } 1 .. 40;
}


sub counted {
    my ($n) = http($port, 'GET', '/metrics')->{body}
        =~ /^cricket_requests_total\{.*route="health".*\} (\d+)$/m;

    return $n;
}


is(system($system, '-p', $dir, '-e', "$dir/error.log", '-c', $conf), 0,
   'nginx starts with the installed module');
ok(wait_until(10, sub { master() && workers(master()) == 2 }), 'two workers');
my $old = master();
$background = $old;
is(served(), 40, 'it serves');

my $inode = (stat "$dest/usr/lib/nginx/modules/$module")[1];
($code, $said) = make_install("DESTDIR=$dest", 'prefix=/usr',
                              'modulesdir=/usr/lib/nginx/modules');
is($code, 0, 'a second time') or diag $said;
isnt((stat "$dest/usr/lib/nginx/modules/$module")[1], $inode,
     'the module is another file');
is(served(), 40, 'it serves on');

kill 'HUP', $old;
ok(wait_until(10, sub { slurp("$dir/error.log") =~ /reconfiguring/
                            && (grep { maps($_) eq 'old' } workers($old)) == 2
                            && slurp("$dir/error.log") =~ /gracefully.*exit/s
                      }), 'after a reload, too, workers have the old one');
is(served(), 40, 'and serve');
# a request is counted when its client has the answer already
ok(wait_until(5, sub { counted() >= 120 }), 'a reload keeps the counters')
    or diag counted();

kill 'USR2', $old;
ok(wait_until(10, sub { -e "$dir/nginx.pid.oldbin" && master()
                            && master() != $old && workers(master()) == 2 }),
   'a new master');
$background = master();
is(join(' ', map { maps($_) } workers($background)), 'new new',
   'its workers have the new one');
kill 'QUIT', $old;
ok(wait_until(10, sub { !-e "$dir/nginx.pid.oldbin" }), 'the old one goes');
is(served(), 40, 'the new one serves');
cmp_ok(counted(), '<', 120, 'counters began anew');

kill 'QUIT', $background;
ok(wait_until(10, sub { !-e "$dir/nginx.pid" }), 'the new one ends');
$background = undef;
is(join('', grep { /exited on signal|\[(?:alert|crit|emerg)\]/ }
            split /^/m, slurp("$dir/error.log")), '',
   'no worker crashed');

done_testing();


END {
    kill 'TERM', $background if $background;
}
