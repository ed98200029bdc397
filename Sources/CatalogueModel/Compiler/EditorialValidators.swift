import Values

/// What is said around the APIs names only what exists, and each thing once.
let editorialValidators: [any CatalogueValidator] = [
    KnownThemes(), DatedOnce(), SoundUseCases(), SoundExchangedData(),
]

extension CatalogueFiles {
    /// The place of the value of `key` under `section`, in whichever file has it.
    fileprivate func place(_ section: String, _ key: String) -> Element? {
        editorial.lazy.compactMap { $0[section]?[key] }.first
    }

    fileprivate func useCase(_ id: String) -> Element? { editorial.first { $0["use-case"]?.text == id } }
}

extension CompiledCatalogue {
    /// True for an API of the catalogue and for one that is said to be coming.
    fileprivate func knows(_ api: String) -> Bool { self.api(api) != nil || editorial.apisToCome[api] != nil }
}

struct KnownThemes: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        let known = Set(catalogue.editorial.themes.map(\.id))
        for file in files.apis {
            for theme in file["themes"]?.items ?? [] where !known.contains(theme.text ?? "") {
                diagnostics.error("theme '\(theme.text ?? "")' is not declared", at: theme)
            }
        }
    }
}

/// An entry of the history is known by its API and its day.
struct DatedOnce: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for file in files.apis {
            var days: Set<String> = []
            for entry in file["history"]?.items ?? [] where !days.insert(entry["date"]?.text ?? "").inserted {
                diagnostics.error("the history has that day already: join the two texts", at: entry)
            }
        }
    }
}

struct SoundUseCases: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        let audiences = Set(catalogue.editorial.audiences.map(\.id))
        var ids: Set<String> = []
        for useCase in catalogue.editorial.useCases {
            guard let place = files.useCase(useCase.id) else { continue }
            func report(_ message: String) { diagnostics.error(message, at: place) }
            if !ids.insert(useCase.id).inserted { report("use case '\(useCase.id)' is declared twice") }
            if useCase.legalBasis.isEmpty { report("a use case wants its legal basis") }
            if !useCase.uses.contains(where: { $0.kind == .useful }) { report("no API is useful here") }
            for audience in useCase.audiences where !audiences.contains(audience) {
                report("audience '\(audience)' is not declared")
            }
            var apis: Set<String> = []
            for use in useCase.uses {
                if !apis.insert(use.api).inserted { report("API '\(use.api)' is named twice") }
                if !catalogue.knows(use.api) { report("API '\(use.api)' is neither in the catalogue nor to come") }
            }
        }
    }
}

struct SoundExchangedData: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        let families = Set(catalogue.editorial.families.map(\.id))
        for datum in catalogue.editorial.exchangedData {
            guard let place = files.place("exchanged-data", datum.id) else { continue }
            if !families.contains(datum.family) {
                diagnostics.error("family '\(datum.family)' is not declared", at: place)
            }
            for api in datum.apis where !catalogue.knows(api) {
                diagnostics.error("API '\(api)' is neither in the catalogue nor to come", at: place)
            }
        }
    }
}
