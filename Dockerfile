# L'intégration continue ne construit PAS cette image : elle n'est essayée qu'à la main. Ce qui est essayé est le paquet
# Debian (packaging/test), que cette image installe.
#   docker build -t unefois .
#   docker run --read-only --tmpfs /tmp -p 8080:8080 -v unefois:/var/lib/unefois unefois

FROM swift:6.3-bookworm AS build
# « make release » installs what the compilation needs, as on any Debian.
RUN apt-get update && apt-get install -y --no-install-recommends binutils dpkg-dev make
WORKDIR /src
COPY . .
ARG SOURCE_DATE_EPOCH=0
ENV SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH
RUN make release && packaging/package .build/release/unefois /out

FROM debian:bookworm-slim
RUN --mount=from=build,source=/out,target=/out \
    apt-get update && apt-get install -y --no-install-recommends curl /out/unefois_*.deb && rm -rf /var/lib/apt/lists/*
USER unefois
WORKDIR /var/lib/unefois
VOLUME /var/lib/unefois
# The port is public only as far as « docker run --publish » makes it so. Metrics stay inside.
ENV UNEFOIS_DATA=/var/lib/unefois UNEFOIS_SERVER_HOST=0.0.0.0 UNEFOIS_SERVER_PORT=8080 UNEFOIS_ADMIN_PORT=9100 \
    UNEFOIS_LOG_FORMAT=json UNEFOIS_SANDBOX=false
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD curl -fsS http://127.0.0.1:8080/health || exit 1
ENTRYPOINT ["/usr/bin/unefois"]
CMD ["serve"]
