# SPDX-License-Identifier: Apache-2.0
# What users take from here is one file:
#   COPY --from=headgate /headgate /headgate
#   ENTRYPOINT ["/headgate", "run", "--"]
# and the CMD that they had stays. `docker build .` makes it; `--target toolchain` is the build environment of ./dev,
# `--target test` is every test: docker run --rm $(docker build -q --target test .)

FROM debian:trixie-slim AS toolchain
COPY packages.txt /usr/local/share/headgate/
# Nothing is fetched where the base image has every package already.
RUN packages=$(sed -e 's/#.*//' /usr/local/share/headgate/packages.txt) \
    && if ! dpkg-query -W $packages >/dev/null 2>&1; then \
        apt-get update \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages \
        && rm -rf /var/lib/apt/lists/*; \
    fi
ENV LANG=C.UTF-8

FROM toolchain AS build
WORKDIR /source
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY src src
COPY entrypoint entrypoint
RUN cmake --preset static && cmake --build --preset static && cp build/static/headgate /headgate

FROM toolchain AS test
WORKDIR /source
COPY . .
CMD ["scripts/test"]

FROM scratch
COPY --from=build /headgate /headgate
# Any user will do, and none needs to exist: a number without a name, as Kubernetes' runAsNonRoot wants it.
USER 65532:65532
ENTRYPOINT ["/headgate", "run", "--"]
