# UneFois : `make run` pour essayer, `make test` pour tout vérifier, `make help` pour le reste.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test lint format bench bench-stages package package-test

SOURCES := Package.swift Sources Tests Benchmarks/Stages
PYTHON := .venv/bin/python

help: ## affiche cette aide
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ARGS ?=
run: ## installe ce qui manque, compile, démarre (make run ARGS="--port 9000" pour d'autres options)
	@scripts/setup
	swift build -c release --product unefois
	exec "$$(swift build -c release --show-bin-path)/unefois" serve $(ARGS)

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

bench: ## mesure UneFois à côté de nginx, HAProxy et Caddy (make bench ARGS="--rounds 5")
	@scripts/setup --bench
	swift build -c release --product unefois
	Benchmarks/run $(ARGS)

bench-stages: ## mesure chaque étape d'un appel, hors du réseau (make bench-stages ARGS="--grants 100")
	swift run -c release stage-benchmarks $(ARGS)

# A static Swift library: the package then needs nothing that Debian does not have.
STATIC := -c release --static-swift-stdlib
package: BINARY ?=
package: ## construit le paquet Debian dans .build/package (BINARY=… : d'un programme déjà compilé)
	@scripts/setup --package
	@[[ -n "$(BINARY)" ]] || (set -x; swift build $(STATIC) --product unefois)
	packaging/package "$(or $(BINARY),$$(swift build $(STATIC) --show-bin-path)/unefois)" .build/package

package-test: BINARY ?=
package-test: package ## l'installe, le met à jour et le retire dans une Debian minimale (root, quelques minutes)
	packaging/test "$(or $(BINARY),$$(swift build $(STATIC) --show-bin-path)/unefois)"
