# UneFois : `make run` pour essayer, `make test` pour tout vérifier, `make help` pour le reste.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run release test lint format bench bench-stages package package-test

SOURCES := Package.swift Sources Tests Benchmarks/Stages
PYTHON := .venv/bin/python

help: ## affiche cette aide
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Swift's library is in the program: a seventh less processor time per call (docs/decisions/0024-static-library.md), and
# the package needs nothing that Debian does not have. The linker lays out functions that have a section of their own
# (0025-function-order.md).
RELEASE := -c release --static-swift-stdlib -Xswiftc -Xfrontend -Xswiftc -function-sections
PROGRAM = $$(swift build $(RELEASE) --show-bin-path)/unefois

run: ARGS ?=
run: release ## installe ce qui manque, compile, démarre (make run ARGS="--port 9000" pour d'autres options)
	exec "$(PROGRAM)" serve $(ARGS)

release: ## compile la version de service
	@scripts/setup
	swift build $(RELEASE) --product unefois

# Every warning is an error: Package.swift says so for each target, tests included.
test: ## style, compilation, tests, catalogue, contrat public, navigateur
	@scripts/setup --test
	@$(MAKE) --no-print-directory lint
	swift build --build-tests
	swift test --skip-build --experimental-maximum-parallelization-width 8
	@set -e; export HUB_BIN="$$(swift build --show-bin-path)/unefois"; set -x; \
	"$$HUB_BIN" catalogue check; \
	$(PYTHON) Tests/Contract/run; \
	$(PYTHON) Tests/Contract/openapi; \
	$(PYTHON) -m pytest -q Tests/Browser Tests/Resilience Tests/Nodes Tests/Packaging Tests/Security; \
	$(PYTHON) Fuzz/http

lint: ## vérifie le style
	swift format lint --strict --parallel --recursive $(SOURCES)

format: ## remet le style en ordre
	swift format --in-place --parallel --recursive $(SOURCES)

bench: release ## mesure UneFois à côté de nginx, HAProxy et Caddy (make bench ARGS="--rounds 5")
	@scripts/setup --bench
	Benchmarks/run $(ARGS)

bench-stages: ## mesure chaque étape d'un appel, hors du réseau (make bench-stages ARGS="--grants 100")
	swift run $(RELEASE) stage-benchmarks $(ARGS)

package: BINARY ?=
package: $(if $(BINARY),,release) ## construit le paquet Debian dans .build/package (BINARY=… : d'un programme déjà compilé)
	@scripts/setup --package
	packaging/package "$(or $(BINARY),$(PROGRAM))" .build/package

package-test: BINARY ?=
package-test: package ## l'installe, le met à jour et le retire dans une Debian minimale (root, quelques minutes)
	packaging/test "$(or $(BINARY),$(PROGRAM))"
