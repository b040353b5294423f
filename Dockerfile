# docker build -t hark . ; docker run -p 3000:3000 -v hark:/data -e ADMIN_PASS=... hark
# What browsers load is built with Node, the program with Rust, and the image holds the program alone.

FROM node:22-bookworm-slim AS web
WORKDIR /hark/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run --silent build

FROM rust:1.95-bookworm AS program
WORKDIR /hark
COPY . .
COPY --from=web /hark/web/dist web/dist
# The folder of compiled crates outlives a build, and is no part of the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/hark/target \
    cargo build --release --locked -p hark && install -D target/release/hark /out/hark && mkdir /out/data

# The C library and the certificates of authorities; no shell, and nobody who is root.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=program /out/hark /usr/local/bin/hark
# A volume begins as what is in its place.
COPY --from=program --chown=nonroot:nonroot /out/data /data
COPY LICENSE /
ENV HARK_DATA=/data HARK_LISTEN=0.0.0.0:3000 HARK_LOG=json
VOLUME /data
EXPOSE 3000
# SIGTERM ends it in order.
ENTRYPOINT ["/usr/local/bin/hark"]
CMD ["serve"]
