# SPDX-License-Identifier: BSD-2-Clause

# shellcheck shell=bash disable=SC2034
# Shared by the scripts of this folder: where things are, what to say, ports.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$top/.cache

say() {
    printf '%s\n' "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The home of the oldest JDK of at least version $1; compiles too, so no JRE.
find_jdk() {
    local home version best='' least=999

    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        [[ -x $home/bin/javac && -r $home/release ]] || continue
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
        if (( version >= $1 && version < least )); then
            best=$home
            least=$version
        fi
    done

    [[ $best ]] && printf '%s\n' "$best"
}

# Says why nothing can listen on port $1, or nothing when something can.
port_trouble() {
    perl -MIO::Socket::INET -e '
        print "$!\n" unless IO::Socket::INET->new(LocalPort => $ARGV[0],
            LocalAddr => $ARGV[1], Listen => 1, ReuseAddr => 1)' \
        "$1" "${2:-0.0.0.0}"
}

# Prints $1 free ports, all below the range that outgoing connections take.
free_ports() {
    perl -MIO::Socket::INET -e '
        while (@held < $ARGV[0]) {
            my $s = IO::Socket::INET->new(Listen => 1,
                LocalPort => 10000 + int rand 22000) or next;
            push @held, $s;
        }
        print $_->sockport, "\n" for @held' "$1"
}

# The line of a node's log, file $1, that most likely says what is wrong.
last_words() {
    { grep -E 'Caused by|Exception|Error|ERROR' "$1" || cat "$1"; } 2>&1 \
        | tail -n 1
}

# Waits until the node at URL $1 answers; process $2 is it, file $3 its log.
wait_for_node() {
    local tries=0

    until curl -sf -m 5 -o /dev/null "$1/_cluster/health?timeout=1s"; do
        kill -0 "$2" 2>/dev/null \
            || die "Elasticsearch has ended; its log says: $(last_words "$3")"
        (( ++tries <= 600 )) \
            || die "no answer at $1; its log says: $(last_words "$3")"
        if [[ -t 1 ]] && (( tries % 10 == 0 )); then
            printf .
        fi
        sleep 0.1
    done

    if [[ -t 1 ]]; then
        printf '\n'
    fi
}

# Sends this script SIGHUP when its terminal goes away: the kernel tells only
# the session's leader, and make, being that, would wait for us instead.
watch_terminal() {
    if [[ -t 2 ]]; then
        while [[ -t 2 ]] && kill -0 $$ 2>/dev/null; do
            sleep 0.5
        done && kill -HUP $$ 2>/dev/null &
    fi
}

# The suite of Debian whose nginx is built from source: that of this machine.
debian_suite() {
    local VERSION_CODENAME=

    # shellcheck source=/dev/null
    . /etc/os-release

    case $VERSION_CODENAME in
    bookworm | trixie | sid) say "$VERSION_CODENAME" ;;
    *) say bookworm ;;
    esac
}

# The mirror of Debian that this machine uses.
debian_mirror() {
    local mirror

    # shellcheck disable=SC2016  # it is the format of apt-get
    mirror=$(apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' \
             | awk '$1 == "Debian/Debian" { print $2; exit }')
    [[ $mirror ]] || die "no Debian mirror known: run apt-get update first"

    say "$mirror"
}
