# SPDX-License-Identifier: BSD-2-Clause

# The front door: "make help" lists what there is.

CC      = gcc
CFLAGS  = -O2 -g
WERROR  = -Werror
override CFLAGS += -std=gnu99 -Wall -Wextra $(WERROR) -Isrc -Isrc/base \
    -Isrc/data -Isrc/format -Isrc/elastic

module  = objs/ngx_http_cricket_module.so
program = objs/cricket
pages   = objs/man/cricket.1 objs/man/ngx_http_cricket_module.5

shared  = $(wildcard src/*/cricket_*.c)
objects = $(patsubst src/%.c,objs/program/%.o,$(wildcard src/cli/*.c) $(shared))

export PORT INDEX SHARDS ELASTICSEARCH REPLICAS CACERT ES_USER ES_NAME
export DESTDIR prefix bindir datadir mandir modulesdir

# nginx takes it for the sockets that it inherits
unexport NGINX

ifeq ($(origin ES_PASSWORD),command line)
$(error ES_PASSWORD belongs in the environment: all can read a command line)
endif

.DELETE_ON_ERROR:
.PHONY: all help man install run demo test check docs unit t clients fault \
    fuzz sanitize valgrind soak bench matrix image image-test dist deb \
    deb-test sbom clean distclean

all: $(module) $(program) man ## build the module and the program, in objs/

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' \
	    $(MAKEFILE_LIST)

man: $(pages) ## make the man pages, in objs/man/

install: all ## copy all, and the example: DESTDIR, prefix, modulesdir
	@NGINX_BINARY='$(NGINX)' dev/install-files

run: ## serve on :8080, with an Elasticsearch if ELASTICSEARCH names none
	@exec setpriv --pdeathsig TERM dev/run

demo: ## serve as run does, and send it what this machine does, each second
	@exec setpriv --pdeathsig TERM dev/run --demo

test: ## run every test there is
	@exec setpriv --pdeathsig TERM dev/test checks docs unit fuzz t \
	    partitions tls

check: ## check style, layers, directives, metrics, config, builds
	@dev/test checks

docs: ## run what README and docs/ show, and compare
	@exec setpriv --pdeathsig TERM dev/test docs

unit: ## run the unit tests
	@dev/test unit

t: ## run t/*.t, or TESTS; TLS=1 UNIX=1 NODE=8.19.21 NGINX=1.26
	@TLS='$(TLS)' UNIX='$(UNIX)' NODE='$(NODE)' NGINX_VERSION='$(NGINX)' \
	    exec setpriv --pdeathsig TERM dev/test $(or $(TESTS),t)

clients: ## have real clients write and compare; FILES of t/clients
	@dev/install build run test
	@exec setpriv --pdeathsig TERM dev/clients $(FILES)

fault: ## run the fault suite, twenty minutes, or the FILES of it named
	@exec setpriv --pdeathsig TERM dev/fault $(FILES)

fuzz: ## fuzz what reads input, FUZZ_SECONDS (600) for each of TARGETS
	@exec setpriv --pdeathsig TERM dev/fuzz $(TARGETS)

sanitize: ## run t/*.t, or TESTS, with a sanitized nginx
	@exec setpriv --pdeathsig TERM dev/sanitize $(TESTS)

valgrind: ## run the unit tests and a part of t, or TESTS, under valgrind
	@exec setpriv --pdeathsig TERM dev/valgrind $(TESTS)

soak: ## serve half an hour of everything, or SOAK_SECONDS of it
	@dev/install build run soak
	@exec setpriv --pdeathsig TERM dev/soak

bench: ## measure; BENCH="--quick --check", or --help
	@dev/install build run bench
	@exec setpriv --pdeathsig TERM dev/bench $(BENCH)

matrix: ## run t with each nginx and each node; MATRIX=--quick, or its rows
	@exec setpriv --pdeathsig TERM dev/matrix $(MATRIX)

image: ## build the container image, cricket:VERSION
	@dev/image

image-test: ## build it with base images made here, and run it and compose.yaml
	@exec setpriv --pdeathsig TERM dev/image-test

dist: ## make objs/dist/cricket-VERSION.tar.gz of what is committed
	@dev/dist

deb: ## make packages in objs/deb/, for Debian's SUITES; as root
	@dev/deb build $(SUITES)

deb-test: ## build them twice, install, use, upgrade, remove them; as root
	@exec setpriv --pdeathsig TERM dev/deb test $(SUITES)

sbom: all ## list what is linked and embedded, in objs/sbom.json
	@dev/sbom objs/sbom.json

clean: ## remove what was built
	rm -rf objs

distclean: clean ## remove also what was fetched, and the data of make run
	rm -rf .cache .data

$(module): config config.make ngx_http_cricket_module.c dev/module dev/web \
    $(wildcard src/*.[ch] src/*/*.[ch] src/web/*)
	@dev/module

objs/man/cricket.1: dev/man src/cli/options.c src/cricket_version.h \
    CHANGELOG.md docs/directives.md README.md
	@dev/man objs/man

objs/man/ngx_http_cricket_module.5: objs/man/cricket.1
	@touch $@

$(program): $(objects)
	$(CC) $(LDFLAGS) -o $@ $^ -lcurl -lcjson -lsnappy -lz -lm

objs/program/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(objects:.o=.d)
