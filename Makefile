# Two commands are enough to begin with: make demo, make test.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c

GO      ?= go
TOOLS   := $(CURDIR)/bin/tools
LINT    := $(TOOLS)/golangci-lint
LINT_V  := v2.15.0
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
export CGO_ENABLED = 0

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: build ## a throw-away company with a caller, on this machine: open the address it prints
	./bin/belfry demo $(ARGS)

build: ui/dist/banner.html ## ./bin/belfry, with the pages in it
	@echo "building bin/belfry (some minutes the first time)"
	$(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/belfry ./cmd/belfry

UI_SOURCES := $(shell find ui -type f \( -name '*.ts' -o -name '*.svelte' -o -name '*.css' -o -name '*.html' -o -name '*.json' \) -not -path '*/node_modules/*' -not -path 'ui/dist/*' -not -path 'ui/shots/*' 2>/dev/null)

ui/dist/banner.html: ui/node_modules/.build $(UI_SOURCES)
	@echo "building the pages"
	cd ui && npm run --silent build -- --logLevel warn
	touch $(CURDIR)/$@

# What the pages are built with. The linter, the browser's driver and the test
# packages are not in it: they are in .all, which has everything.
NPM_CI := npm ci --no-audit --no-fund --loglevel=error

ui/node_modules/.build: ui/package-lock.json
	@echo "installing what the pages are built with"
	cd ui && $(NPM_CI) --omit=dev
	touch $(CURDIR)/$@

ui/node_modules/.all: ui/package-lock.json
	@echo "installing what the pages are tested with"
	cd ui && $(NPM_CI)
	touch $(CURDIR)/ui/node_modules/.build $(CURDIR)/$@

test: ## everything that must hold: what CI runs
	@tools/packages
	tools/test

quick: ## the inner loop: vet, pure core, drivers without phones and browsers
	@$(GO) vet ./...
	$(GO) test -short ./core/... ./sim/... ./host/... ./media/... ./sip/... ./rtc/... ./store/... ./api/... ./app/... ./caller/...

lint: $(LINT) ## the linters of make test alone
	$(LINT) run ./...

$(LINT):
	@echo "building golangci-lint $(LINT_V) (some minutes, once)"
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_V)

dev: ui/node_modules/.build ## the demo, with the pages rebuilt as they are written
	@(cd ui && npx vite build --watch) & watch=$$!; trap 'kill $$watch' EXIT
	$(GO) run ./cmd/belfry demo $(ARGS)

gen: ui/node_modules/.all ## generated files: SQL, the OpenAPI file, the pages' types
	cd store && $(GO) tool -modfile=../tools/go.mod sqlc generate
	$(GO) run ./api/gen
	cd ui && npm run --silent types

sim: ## ten thousand afternoons of made-up callers and agents
	$(GO) test ./sim -run TestAfternoons -seeds 10000 -timeout 60m

fuzz: ## each parser for 60 s
	@tools/fuzz $${FUZZTIME:-60s}

shots: ui/node_modules/.all build ## screenshots of every page, for looking at; those of the docs from a live call
	(cd ui && npm run --silent shots)
	BELFRY_SHOTS=$(CURDIR)/docs/images $(GO) test ./test -run TestShots -count 1

bench: build ## load and latency, beside peers where they are installed
	./bin/belfry bench $(ARGS)

clean: ## what was built
	rm -rf bin/belfry ui/dist

.PHONY: help demo build test quick lint dev gen sim fuzz shots bench clean
