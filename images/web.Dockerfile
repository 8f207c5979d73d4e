# One web app: compiled here, and of that only Next's standalone server with its static files is shipped.
# `maxai images build` assembles the context and passes both bases, pinned by digest in images/base-images.json.
ARG BUILD_IMAGE
ARG RUNTIME_IMAGE

FROM ${BUILD_IMAGE} AS build
WORKDIR /app
COPY manifests/ ./
RUN ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
COPY sources/ ./
ARG NAME
ENV NEXT_TELEMETRY_DISABLED=1
WORKDIR /app/apps/${NAME}
RUN ["node", "/app/node_modules/next/dist/bin/next", "build"]
RUN ["node", "-e", "const fs = require('fs'); fs.globSync('.next/standalone/**/*.{map,d.ts,d.mts,d.cts}').forEach((path) => fs.rmSync(path))"]

FROM ${RUNTIME_IMAGE}
ARG NAME
ARG PORT
ARG HEALTH_PATH
ARG HOST_VARIABLE
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app/apps/${NAME}/.next/standalone /app
COPY --from=build /app/apps/${NAME}/.next/static /app/apps/${NAME}/.next/static
COPY sources/start.mjs /app/start.mjs

# Behind the network of its container a process listens on every address of it.
ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    PORT=${PORT} \
    ${HOST_VARIABLE}=0.0.0.0 \
    MAXAI_HEALTH_URL=http://127.0.0.1:${PORT}${HEALTH_PATH}
WORKDIR /app/apps/${NAME}
USER 10001:10001
EXPOSE ${PORT}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.MAXAI_HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node"]
CMD ["/app/start.mjs"]

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
