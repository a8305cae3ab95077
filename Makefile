# Every task of the house. `make` alone lists them.
#
# What is built is what is tested: both use the same Go settings, which stand
# here and nowhere else.

SHELL         := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  = -s -w -X main.version=$(VERSION)

# The second version of encoding/json: stricter and faster in the control plane.
export GOEXPERIMENT ?= jsonv2

# Tools are built once per version and kept out of the tree.
STATICCHECK_VERSION := v0.8.2
TOOLS       ?= $(or $(XDG_CACHE_HOME),$(if $(HOME),$(HOME)/.cache),$(CURDIR)/.cache)/asbru/$(shell $(GO) env GOVERSION)
STATICCHECK ?= $(TOOLS)/staticcheck-$(STATICCHECK_VERSION)

# How long one fuzz target runs, and one benchmark.
FUZZTIME  ?= 60s
BENCHTIME ?= 1s

.PHONY: help build run test format vet lint race plain counted bench gate gate-hard profile pgo bin/gate fuzz cache-quality cache-proof cache-index vectors cel protocol conformance faults strain decide sim money crash ends outage clients sdk sdk-short clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## one static binary: bin/asbru
	CGO_ENABLED=0 $(GO) build -trimpath -pgo=bench/asbru.pgo -ldflags '$(LDFLAGS)' -o bin/asbru .

run: build ## start the gateway with a built-in stand-in provider: no key, no network
	bin/asbru serve --demo

test: format vet lint build race plain sim counted sdk-short ## everything that has to hold; needs no network once the tools are there

format: ## fail on a Go file that gofmt would change
	@bad=$$(git ls-files -co --exclude-standard -- '*.go' | xargs -r gofmt -l); \
	if [ -n "$$bad" ]; then printf 'not gofmt-ed:\n%s\n' "$$bad"; exit 1; fi

vet: ## go vet
	$(GO) vet ./...

lint: $(STATICCHECK) ## staticcheck
	$(STATICCHECK) ./...

$(STATICCHECK):
	@mkdir -p $(@D)
	@tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	GOBIN=$$tmp $(GO) install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION); \
	mv "$$tmp/staticcheck" $@

race: ## all tests under the race detector, in random order
	$(GO) test -race -shuffle=on -timeout=8m ./...

# The race detector allocates by itself, so the allocation budgets are built
# only without it; the other tests run a second time as the machine allows.
plain: ## all tests without it: these count allocations
	$(GO) test -timeout=5m ./...

SEEDS ?= 100000
sim: ## clients and providers that a seed makes up, on a clock that jumps; SEEDS=100000, SEED=N runs one again
	$(GO) test ./bench/sim -run 'TestSim$$' -count=1 -timeout=30m $(if $(SEED),-seed $(SEED) -v,-seeds $(SEEDS))

# The allocation budgets have just run; what else can be counted takes less than
# a minute and does not mind a busy machine.
counted: build bin/gate ## system calls, instructions, switches and memory, against their bounds
	bin/gate --hard --short program syscalls instructions balanced unknown governed low hold hold-tls

bench: ## every Go benchmark; BENCHTIME=1s
	$(GO) test -run='^$$' -bench=. -benchmem -benchtime=$(BENCHTIME) -timeout=60m ./...

gate: build bin/gate ## what it costs beside nginx and HAProxy; GATE_STEPS= and GATE_FLAGS= choose; into bench/results
	bin/gate --out bench/results $(GATE_FLAGS) $(GATE_STEPS)

gate-hard: build bin/gate ## the part that is counted and holds on a busy machine: a minute
	bin/gate --hard --short $(GATE_FLAGS) $(GATE_STEPS)

profile: bin/gate ## instructions a request, function by function
	CGO_ENABLED=0 $(GO) build -trimpath -pgo=bench/asbru.pgo -o bin/asbru-symbols .
	bin/gate --asbru bin/asbru-symbols instructions

pgo: build ## record anew what the compiler is told about the hot path: bench/asbru.pgo
	bench/record.sh bin/asbru bench/asbru.pgo

bin/gate:
	$(GO) build -o bin/gate ./bench/gate

fuzz: ## every fuzz target one after the other; FUZZTIME=60s
	@failed=; for pkg in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list='^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "== $$pkg $$target"; \
			$(GO) test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) $$pkg || failed="$$failed $$pkg:$$target"; \
		done; \
	done; \
	if [ -n "$$failed" ]; then echo "these found something:$$failed"; exit 1; fi

conformance: ## recorded provider traffic through every dialect, with a count per provider and feature
	$(GO) test -count=1 -v ./bench/conformance

money: ## prices to the nanodollar, and accounts that many hold on at once, against a checker; HISTORIES=1000
	$(GO) test -count=1 -v -run 'Shared|Cost|Money|Worst|USD' ./core/price
	$(GO) test -count=1 -race ./core/govern
	cd bench/linear && HISTORIES=$(or $(HISTORIES),1000) $(GO) test -count=1 -v -tags interleave ./...

crash: ## the ledger through kills, power cuts, full and failing disks, and damage; CRASHES=100 CUTS=100 SEEDS=100000; half an hour
	SEEDS=$(or $(SEEDS),100000) $(GO) test -count=1 -v -timeout=60m -run 'PowerCuts' ./core/ledger
	SEEDS=$(or $(DAMAGES),10000) $(GO) test -count=1 -v -timeout=30m -run 'Damage' ./core/ledger
	SEEDS=$(or $(GOVERN_SEEDS),10000) $(GO) test -count=1 -v -timeout=30m -run 'PowerCuts' ./core/govern
	$(GO) test -count=1 -v -timeout=120m ./bench/crash -full
	CRASHES=$(or $(CRASHES),100) $(GO) test -count=1 -v -timeout=120m -run 'Killed|DiskFull|HandOver' ./e2e

ends: ## every operation to every end, between all formats and on both lanes, and what each was charged: half a minute
	ASBRU_ENDS=all $(GO) test -count=1 -v -run 'EveryEnd' ./e2e

outage: ## audit sinks that are away while 1,000 calls come in a second: nothing lost, nothing twice; OUTAGE=10m
	$(GO) test -count=1 -v -timeout=120m ./e2e -run 'TestOutage$$' -full -outage $(or $(OUTAGE),10m)

cache-quality: ## how often the semantic cache is right, on all sets that are here: precision and recall by mode
	$(GO) test -count=1 -v ./bench/quality -full

cache-proof: ## what the cache must never do: other tenants' answers, a second call in a stampede, torn answers after kill -9, a race in the index
	ASBRU_CACHE_LOOKUPS=$(or $(LOOKUPS),1000000) $(GO) test -count=1 -v -timeout=20m -run 'Tenants|Stampede|Errand' ./cache
	$(GO) test -count=1 -v -timeout=20m -run 'Killed' ./cache/store
	$(GO) test -count=1 -v -race -timeout=60m -run 'Hammer' ./cache/semantic/near -full

cache-index: ## the semantic cache's index beside a scan and coder/hnsw: recall, time, churn; a module of its own
	cd bench/hnsw && $(GO) test -count=1 -v ./...

cel: ## conditions of routing rules against the CEL library, a module of its own
	cd bench/cel && $(GO) test -count=1 -v ./...

protocol: ## the protocol corpora, on both lanes; those outside the repository are skipped where they are absent
	$(GO) test -count=1 -v -run='Protocol|Ambiguity|Llhttp|Smuggling|Shared|Suite|Policy|Crooked' \
		./hotpath ./hotpath/http1 ./hotpath/frame ./core/scan ./adapters/dialect/openai ./control/api

faults: ## the failure catalogue at full length, on both lanes; a thousand clients leaving in the middle
	$(GO) test -count=1 -v -timeout=15m ./e2e/faults -full

strain: ## what is promised under overload, storms, leaving clients and slow tails, each at its length: 7 minutes of a quiet machine; ONLY=Storm
	$(GO) test -count=1 -v -timeout=30m ./e2e -run 'Test($(or $(ONLY),Overload|FairShare|Storm|Leaving|Hedge|HedgeCost))$$' -full
	$(GO) test -count=1 -v -timeout=30m ./e2e/faults -run 'Test($(or $(ONLY),Leaving))$$' -full

decide: ## what a decision costs: rules, targets, gates, a connection that is lent
	$(GO) test -run='^$$' -bench=. -benchmem -benchtime=300ms ./core/rule ./core/route ./core/gate
	$(GO) test -run='^$$' -bench=Lend -benchmem -benchtime=$(BENCHTIME) ./hotpath

# The SDKs stay out of the tree, in a directory for each set of pinned versions;
# one that is complete has a stamp. What cannot be installed for want of node or
# python is skipped, saying so.
SDKS        = $(TOOLS)/../sdks
NODE_SDK    = $(SDKS)/node-$(shell sha256sum e2e/clients/node/package-lock.json | cut -c1-16)
PYTHON_SDK  = $(SDKS)/python-$(shell { python3 --version; cat e2e/clients/python/requirements.txt; } 2>/dev/null | sha256sum | cut -c1-16)
NODE        = $(shell command -v npm >/dev/null && command -v node)
PYTHON      = $(shell command -v python3 >/dev/null && echo $(PYTHON_SDK)/bin/python)
CLIENTDATA ?= ../shared/data/wire/openai

clients: build $(if $(NODE),$(NODE_SDK)/.complete) $(if $(PYTHON),$(PYTHON_SDK)/.complete) ## real SDKs and curl, directly and through asbru; installs them once
	$(GO) run ./e2e/clients -asbru bin/asbru -data $(CLIENTDATA) -curl "$$(command -v curl || true)" \
		-node "$(NODE)" -modules $(NODE_SDK) -python "$(PYTHON)" \
		$$(if test -e $(PYTHON_SDKS)/.complete; then echo -vendors-python $(PYTHON_SDKS)/bin/python; fi)

$(NODE_SDK)/.complete:
	@rm -rf $(@D) && mkdir -p $(@D)
	cp e2e/clients/node/package.json e2e/clients/node/package-lock.json $(@D)
	cd $(@D) && npm ci --loglevel=error --no-audit --no-fund --ignore-scripts
	@touch $@

$(PYTHON_SDK)/.complete:
	@rm -rf $(@D) && mkdir -p $(dir $(@D))
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check -r e2e/clients/python/requirements.txt
	@touch $@

# The suites of e2e/sdk run against the stand-in in every format. A language without
# its folder, its program or a way to install is skipped, saying so; the short form
# gives an installation that fails no blame: there may be no network.
NODE_SDKS   = $(SDKS)/sdk-node-$(shell sha256sum e2e/sdk/node/package-lock.json | cut -c1-16)
PYTHON_SDKS = $(SDKS)/sdk-python-$(shell { python3 --version; cat e2e/sdk/python/requirements*.txt; } 2>/dev/null | sha256sum | cut -c1-16)
HAVE_NODE   = $(if $(NODE),$(wildcard e2e/sdk/node/package-lock.json))
HAVE_PYTHON = $(if $(shell command -v python3),$(wildcard e2e/sdk/python/requirements.txt))
HAVE_GO     = $(wildcard e2e/sdk/go/go.mod)
SDK_SETS    = $(if $(HAVE_NODE),$(NODE_SDKS)/.complete) $(if $(HAVE_PYTHON),$(PYTHON_SDKS)/.complete) $(if $(HAVE_GO),bin/sdk-go)
# What of them is there when the recipe runs.
RUN_SDKS    = $(GO) run ./e2e/clients -asbru bin/asbru -sdk e2e/sdk $(if $(SDK),-only $(SDK)) \
	$$(if test -e $(NODE_SDKS)/.complete; then echo -node $(NODE) -modules $(NODE_SDKS); fi) \
	$$(if test -e $(PYTHON_SDKS)/.complete; then echo -python $(PYTHON_SDKS)/bin/python; fi) \
	$$(if test -x bin/sdk-go; then echo -go bin/sdk-go; fi)

sdk: build $(SDK_SETS) ## every SDK against providers of every format, through asbru; installs them once; SDK=node,python,go chooses
	$(RUN_SDKS)

sdk-short: build ## some calls of one SDK of each language, and streams that break under those of OpenAI and Anthropic
	@for set in $(SDK_SETS); do \
		$(MAKE) --no-print-directory -s $$set >bin/sdk.log 2>&1 || echo "sdk: cannot install $$set: $$(tail -1 bin/sdk.log)"; \
	done
	$(RUN_SDKS) -short

$(NODE_SDKS)/.complete:
	@rm -rf $(@D) && mkdir -p $(@D)
	cp e2e/sdk/node/package.json e2e/sdk/node/package-lock.json $(@D)
	cd $(@D) && npm ci --loglevel=error --no-audit --no-fund --ignore-scripts
	@touch $@

$(PYTHON_SDKS)/.complete:
	@rm -rf $(@D) && mkdir -p $(dir $(@D))
	python3 -m venv $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check -r e2e/sdk/python/requirements.txt
	for set in e2e/sdk/python/requirements-*.txt; do \
		name=$${set##*requirements-}; name=$${name%.txt}; \
		python3 -m venv $(@D)/sets/$$name; \
		$(@D)/sets/$$name/bin/pip install -q --disable-pip-version-check -r $$set; \
	done
	@touch $@

# A module of its own: the product needs none of what it needs, and it is built as everybody builds it.
.PHONY: bin/sdk-go
bin/sdk-go:
	cd e2e/sdk/go && GOEXPERIMENT= $(GO) build -o $(CURDIR)/bin/sdk-go .

# PostgreSQL with pgvector as a package of Python's registry brings it; Debian 12 has only the former.
PGSERVER = pgserver==0.1.4
PGVECTOR = $(SDKS)/pgvector-$(shell { python3 --version; echo $(PGSERVER); } 2>/dev/null | sha256sum | cut -c1-16)

vectors: ## the semantic cache's store in a PostgreSQL with the real pgvector; installs it once, and is skipped, saying so, where that fails
	@$(MAKE) --no-print-directory -s $(PGVECTOR)/.complete || { echo "vectors: cannot install $(PGSERVER); the tests use a stand-in"; exit 0; }; \
	tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; cp -r $(PGVECTOR)/lib/. "$$tmp"; chmod -R a+rX "$$tmp"; \
	ASBRU_POSTGRES=$$tmp/pgserver/pginstall/bin $(GO) test -count=1 -v -run 'TestStore' ./cache/remote/pgvector ./e2e

$(PGVECTOR)/.complete:
	@rm -rf $(@D) && mkdir -p $(dir $(@D))
	python3 -m venv $(@D)/venv
	$(@D)/venv/bin/pip install -q --disable-pip-version-check --no-deps --target $(@D)/lib $(PGSERVER)
	@touch $@

soak: build ## restarts, broken files and programs, slow clients, too few descriptors; six minutes; SOAK='-steps idle'
	$(GO) run ./bench/soak -asbru bin/asbru $(if $(SOAK),$(SOAK),-results bench/results)

clean: ## remove what was built here
	rm -rf bin .cache

include packaging/install.mk
