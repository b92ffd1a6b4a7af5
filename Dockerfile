# SPDX-License-Identifier: BSD-2-Clause

# Cricket in the nginx of Debian.  The configuration is /etc/cricket/nginx.conf:
# the example's, but with Elasticsearch at elasticsearch:9200.

FROM debian:bookworm-slim AS build

# Debian's own, with what was mended in them until now
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y \
        --no-install-recommends ca-certificates gcc libc6-dev make nginx \
        nginx-dev libcjson-dev libcurl4-openssl-dev libsnappy-dev \
        libxxhash-dev npm zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*

COPY . /cricket
WORKDIR /cricket

# the label's, which is to be that of the sources
ARG VERSION=0.1.0
RUN grep -qF "CRICKET_VERSION  \"$VERSION\"" src/cricket_version.h

RUN make install DESTDIR=/out prefix=/usr modulesdir=/usr/lib/nginx/modules \
    && mkdir -p /out/etc/cricket \
    && sed 's/127\.0\.0\.1:9200/elasticsearch:9200/' nginx.conf.example \
        > /out/etc/cricket/nginx.conf


FROM debian:bookworm-slim

# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y \
        --no-install-recommends ca-certificates nginx libcjson1 libcurl4 \
        libsnappy1v5 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/*

COPY --from=build /out /

ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Cricket" \
      org.opencontainers.image.description="A metrics server in nginx, with its data in Elasticsearch" \
      org.opencontainers.image.licenses="BSD-2-Clause" \
      org.opencontainers.image.version="$VERSION"

# www-data, as a number: so Kubernetes sees that it is not root.  Any other user
# does as well: only /tmp is written to.
USER 33:33
EXPOSE 8080

# graceful: what is under way is answered first
STOPSIGNAL SIGQUIT

# /health asks nobody; HEALTH_PATH=/ready asks Elasticsearch, too
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${HEALTH_PORT:-8080} && printf 'GET %s HTTP/1.0\\r\\n\\r\\n' \"${HEALTH_PATH:-/health}\" >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]

ENTRYPOINT ["cricket"]
CMD ["--conf", "/etc/cricket/nginx.conf"]
