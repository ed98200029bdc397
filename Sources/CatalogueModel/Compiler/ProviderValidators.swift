import Values

/// What a provider's file says of its state names things that exist.
struct KnownNamesOfProviders: CatalogueValidator {
    func check(_ catalogue: CompiledCatalogue, _ files: CatalogueFiles, _ diagnostics: Diagnostics) {
        for file in files.providers {
            guard let provider = file["provider"]?.text.flatMap({ catalogue.providers[$0] }) else { continue }
            let operations = catalogue.operations.filter {
                $0.provider.id == provider.id || $0.api.bouquet == provider.hubOf
            }
            let check = ProviderCheck(
                provider: provider, operations: operations, apis: Set(operations.map(\.api.id)),
                diagnostics: diagnostics)
            for window in file["maintenance"]?.items ?? [] { check.apis(window["apis"]) }
            for quota in file["quota"]?.itemsOrSelf ?? [] { check.quota(quota, catalogue) }
            for member in file["ping"]?.members ?? [] { check.ping(member.value) }
        }
    }
}

private struct ProviderCheck {
    let provider: ProviderDescription
    let operations: [APIOperation]
    let apis: Set<String>
    let diagnostics: Diagnostics

    func apis(_ element: Element?) {
        for item in element?.items ?? [] where !apis.contains(item.text ?? "") {
            diagnostics.error("the provider has no API '\(item.text ?? "")'", at: item)
        }
    }

    func quota(_ element: Element, _ catalogue: CompiledCatalogue) {
        let code = element["code"]?.text ?? ProviderQuota.standardCode
        if catalogue.errors.entry(code) == nil {
            diagnostics.error("error '\(code)' is not in the nomenclature", at: element["code"] ?? element)
        }
        let names = Set(operations.map(\.id) + operations.flatMap { $0.plans.compactMap(\.client) })
        for item in element["of"]?.items ?? [] where !names.contains(item.text ?? "") {
            diagnostics.error("the provider has no client or operation '\(item.text ?? "")'", at: item)
        }
    }

    func ping(_ element: Element) {
        if let watch = element["watch"], watch.text != "all" { apis(watch) }
        if let get = element["get"], let name = get.text?.dropFirst().prefix(while: { $0 != "}" }),
            provider.addresses[String(name)] == nil
        {
            diagnostics.error("the provider has no address '\(name)'", at: get)
        }
        guard let call = element["call"] else { return }
        guard let operation = operations.first(where: { $0.id == call.text }) else {
            diagnostics.error("the provider has no operation '\(call.text ?? "")'", at: call)
            return
        }
        if operation.identity == .franceConnect {
            diagnostics.error("a ping has no FranceConnect token: name an operation asked by parameters", at: call)
        }
        let names = Set(operation.parameters.map(\.name))
        for member in element["with"]?.members ?? [] where !names.contains(member.key.text ?? "") {
            diagnostics.error("the operation has no parameter '\(member.key.text ?? "")'", at: member.key)
        }
    }
}
