# SPDX-License-Identifier: BSD-2-Clause

# Cricket in the nginx of Debian.  The configuration is /etc/cricket/nginx.conf:
# the example's, but with Elasticsearch at elasticsearch:9200.

FROM debian:12 AS build

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y \
        --no-install-recommends ca-certificates gcc libc6-dev make nginx \
        nginx-dev libcjson-dev libcurl4-openssl-dev libsnappy-dev \
        libxxhash-dev npm zlib1g-dev

COPY . /cricket
WORKDIR /cricket

RUN make install DESTDIR=/out prefix=/usr modulesdir=/usr/lib/nginx/modules


FROM debian:12

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y \
        --no-install-recommends ca-certificates nginx libcjson1 libcurl4 \
        libsnappy1v5 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/*

COPY --from=build /out /

# where nginx keeps bodies that do not fit its buffers
RUN chown www-data /var/lib/nginx \
    && mkdir /etc/cricket \
    && sed 's/127\.0\.0\.1:9200/elasticsearch:9200/' \
        /usr/share/cricket/nginx.conf.example > /etc/cricket/nginx.conf

USER www-data
EXPOSE 8080
STOPSIGNAL SIGQUIT

ENTRYPOINT ["cricket"]
CMD ["--conf", "/etc/cricket/nginx.conf"]
