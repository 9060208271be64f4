# The same Node packs and serves, by exact version: an image built again is the same image.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /source
COPY . .
# Installs what the lock file names, builds the console and compiles every package to a tarball.
RUN node tools/bootstrap.mjs pack --unproved --out /packed
WORKDIR /app
# The optional packages carry Node for older machines; this image has it.
RUN echo '{"private":true}' > package.json \
  && npm install --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund /packed/*.tgz

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
# A container is reached from outside it, so it listens on every address; Signalbox then asks for
# an admin key of your own in SIGNALBOX_ADMIN_KEY.
ENV SIGNALBOX_HOST=0.0.0.0
ENV SIGNALBOX_PORT=4141
ENV SIGNALBOX_DATA=/data
COPY --from=build /app /app
# Owned before it becomes a volume, so that a new volume belongs to the user below.
RUN mkdir /data && chown node:node /data && chmod 700 /data
VOLUME /data
WORKDIR /data
# By number: an orchestrator that demands a non-root user cannot look up names in the image.
USER 1000:1000
EXPOSE 4141
# Alive is enough here: a node that cannot serve for a reason outside it is not helped by a restart.
# Where it listens, and whether over TLS, stands in its note; whose certificate it shows is not asked.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "const u=new URL(require(process.env.SIGNALBOX_DATA+'/running.json').url);const no=()=>process.exit(1);require(u.protocol.slice(0,-1)).get({host:'127.0.0.1',port:u.port,path:'/healthz',rejectUnauthorized:false},(r)=>process.exit(r.statusCode===200?0:1)).on('error',no)"]
# No shell in between: SIGTERM reaches Signalbox, which drains.
ENTRYPOINT ["node", "--max-semi-space-size=64", "/app/node_modules/signalbox/bin/signalbox.mjs"]
CMD ["up"]
