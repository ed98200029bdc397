import Values

/// One rule about a whole catalogue. All of them run; each leaves its own remarks.
protocol CatalogueValidator: Sendable {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics)
}

let catalogueValidators: [any CatalogueValidator] =
    [
        UniqueOperations(), UniqueRoutes(), CompleteDescription(), DeclaredPathVariables(), KnownErrorCodes(),
        UsedScopes(), OpenToAnybody(), KnownAddresses(), DatedDeprecations(), KnownLookupProviders(),
        ExampleForEachMandatoryParameter(), KnownRecordedOperations(), KnownNamesOfProviders(),
    ] + editorialValidators

extension CatalogueFiles {
    /// The place of an operation in the files.
    func place(of operation: APIOperation) -> Element? {
        for file in apis where file["api"]?.text == operation.api.id {
            return file["operations"]?[operation.id] ?? file
        }
        return nil
    }
}

extension CatalogueValidator {
    func report(_ message: String, _ operation: APIOperation, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        guard let place = files.place(of: operation) else { return }
        diagnostics.error(message, at: place)
    }
}

struct UniqueOperations: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        var seen: Set<String> = []
        for operation in catalogue.operations where !seen.insert(operation.id).inserted {
            report("operation '\(operation.id)' is declared twice", operation, files, diagnostics)
        }
        var apis: Set<String> = []
        for file in files.apis {
            guard let id = file["api"]?.text, !apis.insert(id).inserted else { continue }
            diagnostics.error("API '\(id)' is declared twice", at: file)
        }
    }
}

struct UniqueRoutes: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        var seen: Set<String> = []
        for operation in catalogue.operations {
            let shape = operation.route.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }
            if !seen.insert(shape.joined(separator: "/")).inserted {
                report("the path '\(operation.route)' is served twice", operation, files, diagnostics)
            }
        }
    }
}

/// An API that says nothing of itself cannot be asked for.
struct CompleteDescription: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for file in files.apis {
            for key in ["title", "summary", "audience", "freshness", "perimeter"] where file[key]?.text == nil {
                diagnostics.error("'\(key)' is missing", at: file)
            }
            if file["open"]?.bool != true, file["legal-basis"]?.texts.isEmpty ?? true {
                diagnostics.error("a restricted API wants its legal basis", at: file)
            }
        }
    }
}

struct DeclaredPathVariables: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for operation in catalogue.operations {
            let declared = Set(operation.parameters.map(\.plainName))
            for segment in operation.route.split(separator: "/") where segment.hasPrefix("{") {
                let name = String(segment.dropFirst().dropLast())
                if !declared.contains(name) {
                    report("the path's '{\(name)}' is no parameter", operation, files, diagnostics)
                }
            }
        }
    }
}

/// What the hub may answer is in the nomenclature: rendered ⊆ nomenclature.
struct KnownErrorCodes: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for operation in catalogue.operations {
            var codes = operation.checks.map(\.code) + operation.refusals.compactMap { $0.problem?.code }
            if let repetition = operation.repetition { codes.append(repetition.code) }
            if let document = operation.document {
                codes += [document.undecodable, document.empty, document.unexpected]
            }
            codes += operation.plans.compactMap(\.authentication?.refusal)
            for code in Set(codes) where catalogue.errors.entry(code) == nil {
                report("error '\(code)' is not in the nomenclature", operation, files, diagnostics)
            }
        }
        for file in files.providers {
            let downloads = catalogue.providers[file["provider"]?.text ?? ""]?.downloads.values.map { $0 } ?? []
            let codes = downloads.flatMap { download in
                download.refusals.compactMap { $0.problem?.code } + [
                    download.document.empty, download.document.unexpected,
                ]
            }
            for code in Set(codes) where catalogue.errors.entry(code) == nil {
                diagnostics.error("error '\(code)' is not in the nomenclature", at: file["downloads"] ?? file)
            }
        }
    }
}

struct UsedScopes: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for operation in catalogue.operations {
            if operation.wantsScope, operation.acceptedScopeNames.isEmpty {
                report("no scope opens the operation: 'accepts: any' if any token may", operation, files, diagnostics)
            }
            let accepted = Set(operation.acceptedScopeNames)
            let answer = operation.answer
            let used =
                ([answer.data, answer.links, answer.meta] + (answer.collection.map { [$0.links, $0.meta] } ?? [])).map(
                    Self.scopes
                ).reduce(into: Set()) {
                    $0.formUnion($1)
                }
            for name in used where !accepted.contains(name) {
                report("scope '\(name)' opens a key but not the operation", operation, files, diagnostics)
            }
        }
    }

    private static func scopes(_ structure: Structure) -> Set<String> {
        structure.fields.reduce(into: scopes(structure.choices)) { names, field in
            if let name = field.scopeName { names.insert(name) }
            switch field.value {
            case .object(_, let inner), .list(_, let inner, _): names.formUnion(scopes(inner))
            case .choice(let choices): names.formUnion(scopes(choices))
            case .leaf, .values: break
            }
        }
    }

    private static func scopes(_ choices: [Field.Choice]) -> Set<String> {
        choices.reduce(into: []) { names, choice in
            if let name = choice.scopeName { names.insert(name) }
            names.formUnion(scopes(choice.structure))
        }
    }
}

/// What is given without a token is open data, and each address gets it within a limit.
struct OpenToAnybody: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for operation in catalogue.operations where operation.identity == .nobody {
            if !operation.api.isOpen || operation.api.bouquet != .open {
                report(
                    "only open data is given to nobody: 'bouquet: open', 'open: true'", operation, files, diagnostics)
            }
            if operation.limit == nil { report("what nobody asks for wants a limit", operation, files, diagnostics) }
            if !operation.acceptedScopeNames.isEmpty {
                report("nobody has scopes: the operation cannot want one", operation, files, diagnostics)
            }
        }
    }
}

struct KnownAddresses: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for operation in catalogue.operations {
            for plan in operation.plans
            where operation.answer.source == nil && operation.provider.addresses[plan.address] == nil {
                report("the provider has no address '\(plan.address)'", operation, files, diagnostics)
            }
        }
        for file in files.providers {
            guard let provider = catalogue.providers[file["provider"]?.text ?? ""] else { continue }
            for member in file["downloads"]?.members ?? [] {
                let address = member.key.text.flatMap { provider.downloads[$0]?.request.address }
                guard let address, provider.addresses[address] == nil else { continue }
                diagnostics.error("the provider has no address '\(address)'", at: member.value)
            }
        }
    }
}

struct DatedDeprecations: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for operation in catalogue.operations {
            if let date = operation.deprecated, !(CivilDate(date)?.isComplete ?? false) {
                report("'deprecated' wants a date, as 2026-01-31", operation, files, diagnostics)
            }
        }
    }
}

struct KnownLookupProviders: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for operation in catalogue.operations {
            for lookup in operation.lookups
            where catalogue.providers[lookup.provider]?.addresses[lookup.plan.address] == nil {
                report("a lookup's provider or address is unknown", operation, files, diagnostics)
            }
        }
    }
}

/// Documentation, the try-it form and the tests call every operation with its examples.
struct ExampleForEachMandatoryParameter: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for operation in catalogue.operations {
            let given = Set(operation.example.map(\.name))
            for parameter in operation.parameters
            where parameter.isRequired && parameter.example == nil && !given.contains(parameter.name) {
                report("parameter '\(parameter.name)' has no example", operation, files, diagnostics)
            }
        }
    }
}

struct KnownRecordedOperations: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for api in catalogue.apis {
            for recording in api.recordings
            where !catalogue.operations(of: api.id).contains(where: { $0.id == recording.operation }) {
                diagnostics.error(
                    "no operation is named '\(recording.operation)'", file: recording.file, line: recording.line)
            }
        }
    }
}
