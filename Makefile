.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

TEMPL := go tool templ
LINT := bin/golangci-lint
ABOUT := internal/about/licenses.json
DIST := internal/web/assets/dist/manifest.json
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
GO_BUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)'

# What the built front-end files are made from: a class that no template, no Go
# file of the web door and no script names is not in the style sheet.
ASSET_SOURCES := package-lock.json internal/web/assets/build.mjs internal/web/assets/README.md \
	$(wildcard internal/web/assets/src/*) \
	$(shell find internal/web \( -name '*.templ' -o -name '*.go' \) ! -name '*_templ.go' ! -name '*_test.go')

help: ## Say what this file can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

ADDR := localhost:8080
run: build ## Start the demo world on http://localhost:8080 (or ADDR=localhost:8099), data in plaza-demo.db; Ctrl-C stops it
	@exec bin/plaza demo --addr $(ADDR)

run-fresh: ## The same with a new demo world: what was changed in the old one is lost
	@rm -f plaza-demo.db plaza-demo.db-shm plaza-demo.db-wal
	@$(MAKE) --no-print-directory run

build: generate assets connectagent plazactl ## Build the static binaries: bin/plaza, bin/connectagent and bin/plazactl
	$(GO_BUILD) -o bin/plaza ./cmd/plaza

plazactl: ## Build the command line for everybody, bin/plazactl
	$(GO_BUILD) -o bin/plazactl ./cmd/plazactl

connectagent: ## Build the ConnectAgent alone, bin/connectagent
	$(GO_BUILD) -o bin/connectagent ./cmd/connectagent

# What is too slow under the race detector, and has its concurrency tested elsewhere.
SLOW := browsertest|matrixtest

test: needs generate assets lint ## Lint, then run every test: unit, both engines, browser, race detector
	CGO_ENABLED=1 PLAZA_TEST_ALL=1 scripts/postgres go test -race -shuffle=on -timeout 20m $$(go list ./... | grep -vE '/($(SLOW))$$')
	PLAZA_TEST_ALL=1 scripts/postgres go test -shuffle=on -timeout 20m ./internal/browsertest
	PLAZA_TEST_ALL=1 scripts/postgres go test -tags mutants -v -timeout 20m ./internal/matrixtest
	scripts/fuzz 20000x

needs: ## Install what the tests need (chromium, postgresql, gcc), or say what is missing
	@scripts/needs

generate: $(ABOUT) ## Turn the templates into Go, and list the licenses of what Plaza holds
	@$(TEMPL) generate -path internal/web -include-version=false -log-level=warn

$(ABOUT): go.mod package-lock.json node_modules/.package-lock.json internal/about/generate/main.go
	go run ./internal/about/generate $@ ./cmd/plaza ./cmd/plazactl

assets: $(DIST) ## Build the style sheet, the script and the icons that the binary carries

$(DIST): node_modules/.package-lock.json $(ASSET_SOURCES)
	node internal/web/assets/build.mjs

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --no-progress --loglevel=error
	@touch $@

fmt: $(LINT) ## Format templates and Go
	$(TEMPL) fmt -log-level=warn internal/web
	$(LINT) fmt

lint: generate assets $(LINT) ## Check format, house style, import rules, go.mod and host names
	$(TEMPL) fmt -fail -log-level=warn internal/web
	$(LINT) run
	@for os in windows darwin; do GOOS=$$os CGO_ENABLED=0 go vet ./cmd/connectagent ./internal/connectagent; done
	go mod tidy -diff
	@scripts/hosts

$(LINT): tools/go.mod tools/go.sum
	go build -modfile=tools/go.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

screens: needs generate assets ## Take the pictures of the documentation anew
	PLAZA_SCREENS=$(CURDIR)/docs/screens go test -count=1 -run "TestScreens|TestThePartnerWatchesAndEndsIt|TestConsentInTwoBrowsers" ./internal/browsertest

bench: generate assets ## Measure on both engines; the figures are printed and written to bench/results.md
	scripts/postgres --durable go run ./bench

bench-peer: generate assets ## Measure the REST API on both engines, against PocketBase in the same run
	cd bench/peer && go build -o ../../bin/bench-peer .
	scripts/postgres --durable go run ./bench -only rest -peer bin/bench-peer

bench-files: generate assets ## Measure files of a million rows on both engines; written to bench/results.md
	scripts/postgres --durable go run ./bench -only files

matrix: generate assets ## Try every way in as everybody with everybody's IDs, and every mutant, on both engines
	go test -c -tags mutants -o bin/matrix ./internal/matrixtest
	@cd internal/matrixtest && PLAZA_TEST_ALL=1 ../../scripts/postgres ../../bin/matrix -test.timeout 0 -matrix.every 1

STEPS := 1000000
drill-acting: ## Hold Login as to a model for a million steps, in races, and without its walls
	go test -c -o bin/drill-acting ./internal/actingtest
	@cd internal/actingtest && $(if $(wildcard /dev/shm),TMPDIR=/dev/shm) ../../scripts/postgres ../../bin/drill-acting \
		-acting.steps $(STEPS) -test.timeout 0 -test.run '^Test(StateMachine|NothingGetsPastARevocation|WallsAreMissed)$$'

drill-audit: generate assets ## Tamper 10,000 times with the audit log on each engine, and see it found
	scripts/postgres go run ./bench/drills/audit

FUZZ := 10000000x
fuzz: ## Throw ten million inputs at each parser of what comes from outside; FUZZ=10000x for fewer
	@scripts/fuzz $(FUZZ)

drill-activation: generate assets ## Activate a license 200 times at once, 1,000 times over on each engine
	@$(if $(wildcard /dev/shm),TMPDIR=/dev/shm) scripts/postgres go run ./bench/drills/activation

drill-renewal: generate assets ## Renew 10,000 licenses in a batch on each engine, and kill the worker 20 times
	@$(if $(wildcard /dev/shm),TMPDIR=/dev/shm) scripts/postgres go run ./bench/drills/renewal

drill-webhooks: generate assets ## Deliver 10,000 events on each engine, and kill the courier 20 times
	@$(if $(wildcard /dev/shm),TMPDIR=/dev/shm) scripts/postgres go run ./bench/drills/webhooks

drill-allowances: generate assets ## Take 100,000 random steps on each engine, moves of profiles among them, and see that no allowance is exceeded
	@$(if $(wildcard /dev/shm),TMPDIR=/dev/shm) scripts/postgres go run ./bench/drills/allowances

clean: ## Remove what the other targets made, but no database
	rm -rf bin node_modules internal/web/assets/dist $(ABOUT)
	find internal -name '*_templ.go' -delete

.PHONY: screens help run run-fresh build connectagent plazactl test needs generate assets fmt lint bench bench-files bench-peer matrix drill-acting drill-allowances drill-audit drill-renewal drill-webhooks fuzz clean
