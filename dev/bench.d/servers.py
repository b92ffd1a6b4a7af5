# SPDX-License-Identifier: BSD-2-Clause

"""For dev/bench and dev/soak: the servers that they start and end, and HTTP
with them."""

import fcntl
import http.client
import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time

PARTS = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(PARTS))
PATH = os.environ.get("PATH", "") + ":/usr/sbin"

children = []


def say(text):
    print(text, file=sys.stderr, flush=True)


def die(text):
    sys.exit("%s: %s" % (os.path.basename(sys.argv[0]), text))


def start(*command, **options):
    """A child that ends when this does, whatever the reason."""
    child = subprocess.Popen(("setpriv", "--pdeathsig", "TERM") + command,
                             stdin=subprocess.DEVNULL, **options)
    children.append(child)
    return child


def run(*command):
    child = start(*command, stdout=sys.stderr)
    if child.wait() != 0:
        die(" ".join(command) + " failed")
    children.remove(child)


def stop():
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)

    for child in reversed(children):
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_ports(names):
    """All below the range that outgoing connections take."""
    held = []

    while len(held) < len(names):
        s = socket.socket()
        try:
            s.bind(("127.0.0.1", random.randrange(10000, 32000)))
            held.append(s)
        except OSError:
            s.close()

    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return dict(zip(names, ports))


def wait_for(port, child, log):
    for _ in range(600):
        if child.poll() is not None:
            die("%s has ended; see its log:\n%s" % (child.args[3], tail(log)))
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    die("nothing answers on port %d:\n%s" % (port, tail(log)))


def tail(path):
    try:
        with open(path, errors="replace") as f:
            return "".join(f.readlines()[-5:])
    except OSError as e:
        return str(e)


def alone(folder, function):
    """What the function returns, given a work folder in this one; what runs
    is built before and ended after. Only one at a time."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name),
                      lambda number, frame: sys.exit(128 + number))

    os.makedirs(folder, exist_ok=True)
    lock = open(os.path.join(folder, "lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        die("another one is running")

    work = os.path.join(folder, "work")

    try:
        shutil.rmtree(work, ignore_errors=True)
        os.mkdir(work)
        prepare()
        return function(work)
    finally:
        stop()
        shutil.rmtree(work, ignore_errors=True)


def prepare():
    # Many connections, here and in all that is started.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    run("flock", os.path.join(TOP, ".cache", "build.lock"),
        "make", "-s", "-C", TOP, "all")
    run(os.path.join(TOP, "dev", "elasticsearch"), "fetch")


def start_node(port, work, cluster, *options, kept=None, heap="1g"):
    """Its data are in the folder to be kept, if there is one."""
    say("Starting Elasticsearch")
    log = os.path.join(work, "node.log")
    child = start(os.path.join(TOP, "dev", "elasticsearch"), "start",
                  "--port", str(port), "--data", kept or os.path.join(work, "node"),
                  "--heap", heap, "--log", log, "--cluster", cluster,
                  *options)
    wait_for(port, child, log)
    return child


def start_nginx(name, port, work, values, objs=os.path.join(TOP, "objs")):
    """With PARTS/NAME.conf, the values filled in; its log is NAME.log. The
    folder has the module."""
    log = os.path.join(work, name + ".log")
    conf = os.path.join(work, name + ".conf")

    values = dict(values, USER="user root;" if os.geteuid() == 0 else "",
                  MODULE=os.path.join(objs, "ngx_http_cricket_module.so"))

    with open(os.path.join(PARTS, name + ".conf")) as f:
        text = f.read()
    for key, value in values.items():
        text = text.replace("@%s@" % key, str(value))
    with open(conf, "w") as f:
        f.write(text)

    nginx = shutil.which("nginx", path=PATH) or die("nginx is missing")
    child = start(nginx, "-p", work, "-e", log, "-c", conf)
    wait_for(port, child, log)
    return child


def start_victoria(program, ports, work):
    log = os.path.join(work, "victoria.log")
    child = start(program, "-storageDataPath=" + os.path.join(work, "victoria"),
                  "-httpListenAddr=127.0.0.1:%d" % ports["VICTORIA"],
                  "-opentsdbHTTPListenAddr=127.0.0.1:%d"
                  % ports["VICTORIA_TSDB"], "-retentionPeriod=100y",
                  stdout=open(log, "w"), stderr=subprocess.STDOUT)
    wait_for(ports["VICTORIA_TSDB"], child, log)
    return child


def make_certificate(work, name):
    """For localhost, trusted as it is: NAME.crt and NAME.key."""
    path = os.path.join(work, name)
    out = subprocess.run(("openssl", "req", "-x509", "-newkey", "ec",
                          "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                          "-subj", "/CN=localhost", "-days", "2",
                          "-addext", "subjectAltName=DNS:localhost",
                          "-keyout", path + ".key", "-out", path + ".crt"),
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if out.returncode:
        die("openssl: " + out.stdout.decode(errors="replace"))


def children_of(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return [int(child) for child in f.read().split()]


def turned(rivals, i):
    """The list for the i-th round: none is always the first."""
    i %= len(rivals)
    return rivals[i:] + rivals[:i]


def make_index(port, name, *options,
               program=os.path.join(TOP, "objs", "cricket")):
    out = subprocess.run((program, "--init",
                          "--url", "http://127.0.0.1:%d" % port,
                          "--index", name, "--replicas", "0") + options,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if out.returncode:
        die("cricket --init: " + out.stdout.decode())


def cpu(pid):
    """Seconds that the threads of a process have spent, its children left out;
    the kernel counts nanoseconds here, and ticks in /proc/PID/stat."""
    spent = 0
    for thread in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, thread)) as f:
            spent += int(f.read().split()[0])
    return spent / 1e9


def message(method, uri, body="", kind="application/json", headers=None):
    """A request as it goes over the wire."""
    if isinstance(body, str):
        body = body.encode()
    head = "%s %s HTTP/1.1\r\nHost: localhost\r\n" % (method, uri)
    if body:
        head += "Content-Type: %s\r\nContent-Length: %d\r\n" % (kind, len(body))
    for pair in (headers or {}).items():
        head += "%s: %s\r\n" % pair
    return head.encode() + b"\r\n" + body


def ask(port, method, uri, body=None, kind="application/json"):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    c.request(method, uri, body, {"Content-Type": kind} if body else {})
    reply = c.getresponse()
    text = reply.read()
    c.close()
    if reply.status != 200 and not (method == "DELETE" and reply.status == 404):
        die("%s %s on port %d: %d %s" % (method, uri, port, reply.status,
                                         text[:500].decode(errors="replace")))
    return json.loads(text)
