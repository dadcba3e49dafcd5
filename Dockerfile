# One image for all services; each container names its own command (docker-compose.yml).
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json ./
COPY apps ./apps
COPY libs ./libs
RUN npx tsc -p tsconfig.json

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# Node gives itself half of a small container: 384 MiB of heap leave room for the rest in 512 MiB.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    NODE_OPTIONS="--max-old-space-size=384 --enable-source-maps"
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY --from=build /app/dist/apps ./dist/apps
COPY --from=build /app/dist/libs ./dist/libs
COPY --from=build /app/apps/cli/demo-web ./apps/cli/demo-web
# Where SQLite lives if no DATABASE_URL is given.
RUN mkdir data && chown node:node data
USER node
EXPOSE 3000
CMD ["node", "dist/apps/gateway/src/main.js"]
