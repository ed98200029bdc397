import Values

/// Turns a `provider.yaml` into a description of the provider.
struct ProviderCompiler {
    let diagnostics: Diagnostics

    private static let keys: Set = [
        "provider", "title", "about", "errors", "mask", "addresses", "maintenance", "authentication", "tables",
        "requests", "refusal-sets", "shapes", "parameters", "parameter-sets", "hub-of",
    ]
    private static let days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    func provider(_ file: Element) -> ProviderDescription {
        file.allow(Self.keys, diagnostics)
        file["errors"]?.allow(["prefix", "as"], diagnostics)
        let id = file["provider"]?.text ?? ""
        let title = file["title"]?.text ?? id
        let addresses = Dictionary(file["addresses"]?.textMembers ?? [], uniquingKeysWith: { $1 })
        return ProviderDescription(
            id: id, title: title, about: file["about"]?.text ?? "", addresses: addresses,
            errorPrefix: file["errors"]?["prefix"]?.text ?? "00",
            errorProvider: file["errors"]?["as"]?.text ?? title, maskText: file["mask"]?.text ?? "",
            maintenances: (file["maintenance"]?.items ?? []).compactMap(window),
            hubOf: file["hub-of"].flatMap(bouquet))
    }

    private func bouquet(_ element: Element) -> APIDescription.Bouquet? {
        let bouquet = element.text.flatMap(APIDescription.Bouquet.init)
        if bouquet == nil { diagnostics.error("hub-of is a bouquet", at: element) }
        return bouquet
    }

    private func window(_ element: Element) -> MaintenanceWindow? {
        element.allow(["from", "to", "day"], diagnostics)
        guard let from = element["from"]?.text.flatMap(minutes), let to = element["to"]?.text.flatMap(minutes) else {
            diagnostics.error("a maintenance window wants from and to, as '23:00'", at: element)
            return nil
        }
        let day = element["day"]?.text.flatMap { Self.days.firstIndex(of: $0) }
        if element["day"] != nil, day == nil { diagnostics.error("the day is unknown", at: element) }
        return MaintenanceWindow(from: from, to: to, weekday: day.map { $0 + 1 })
    }

    private func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]) else { return nil }
        return parts[0] * 60 + parts[1]
    }
}
