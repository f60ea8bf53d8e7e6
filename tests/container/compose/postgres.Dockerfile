# SPDX-License-Identifier: Apache-2.0
# Stands in for the image postgres:17 where it cannot be pulled: Debian's PostgreSQL under the same variables.
FROM debian:trixie-slim
RUN if ! dpkg-query -W postgresql-17 >/dev/null 2>&1; then \
        apt-get update \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql-17 \
        && rm -rf /var/lib/apt/lists/*; \
    fi
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data
COPY postgres-entrypoint /usr/local/bin/
RUN mkdir -p "$PGDATA" && chown postgres:postgres "$PGDATA" && chmod 700 "$PGDATA"
USER postgres
STOPSIGNAL SIGINT
CMD ["postgres-entrypoint"]
