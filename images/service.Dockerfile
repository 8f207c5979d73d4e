# One service, its worker and its migrations. `maxai images build` assembles the context: manifests/ is the lockfile
# reduced to what the service loads, sources/ the files it loads.
# Both bases are pinned by digest in images/base-images.json; an image without one is refused by the command.
ARG BUILD_IMAGE
ARG RUNTIME_IMAGE

FROM ${BUILD_IMAGE} AS dependencies
WORKDIR /app
COPY manifests/ ./
RUN ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
# For compilers and debuggers only: up to a third of an image.
RUN ["node", "-e", "const fs = require('fs'); fs.globSync('node_modules/**/*.{map,d.ts,d.mts,d.cts}').forEach((path) => fs.rmSync(path))"]

FROM ${RUNTIME_IMAGE}
COPY --from=dependencies /usr/local/bin/node /usr/local/bin/node
COPY --from=dependencies /app /app
COPY sources/ /app/

ARG NAME
ARG PORT
ARG HEALTH_PATH
ARG HOST_VARIABLE
# Behind the network of its container a process listens on every address of it.
ENV NODE_ENV=production \
    ${HOST_VARIABLE}=0.0.0.0 \
    MAXAI_HEALTH_URL=http://127.0.0.1:${PORT}${HEALTH_PATH}
WORKDIR /app
USER 10001:10001
EXPOSE ${PORT}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.MAXAI_HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node"]
CMD ["main.ts"]

ARG SOURCE
ARG REVISION
ARG VERSION
ARG CREATED
LABEL org.opencontainers.image.title="${NAME}" \
      org.opencontainers.image.vendor="MaxAI" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.created="${CREATED}"
