# PostgreSQL 18 with pgvector and pg_textsearch: the packages that infra/postgres unpacks, installed.
#   docker build -f infra/docker/postgres.Dockerfile -t kindred-postgres .

FROM debian:forky-slim

# A fixed user number, so that a volume survives a rebuilt image; no cluster made at install time.
RUN groupadd --system --gid=999 postgres \
 && useradd --system --uid=999 --gid=postgres --home-dir=/var/lib/postgresql postgres \
 && apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-common \
 && sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf \
 && apt-get install --yes --no-install-recommends \
      postgresql-18 postgresql-18-pgvector postgresql-18-pg-textsearch \
 && rm -rf /var/lib/apt/lists/* \
 && install --directory --owner=postgres --group=postgres --mode=700 /var/lib/postgresql/data

ENV PATH=/usr/lib/postgresql/18/bin:$PATH \
    LANG=C.UTF-8 \
    PGDATA=/var/lib/postgresql/data/18

COPY infra/postgres/kindred.conf /etc/kindred/kindred.conf
COPY --chmod=755 infra/docker/postgres-entrypoint.sh /usr/local/bin/

USER postgres
VOLUME /var/lib/postgresql/data
EXPOSE 5432
# INT: drop the connections and shut down in order.
STOPSIGNAL SIGINT
# Over TCP, so that the server which only the set-up below talks to does not count.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=5 \
  CMD ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres", "--dbname=postgres"]
ENTRYPOINT ["postgres-entrypoint.sh"]
