extension SettingsReading {
    /// Refuses every name that nothing reads: most often a slip of the pen, whose effect would be missed.
    mutating func checkNames() {
        let names = Settings.Keys.all.map(\.name).filter { $0 != Settings.Keys.config.name }
        for name in sources.file?.names ?? [] where !names.contains(name) && !Self.isOpen(name) {
            let hint = Settings.nearest(to: name, among: names + ["providers.<id>.url"])
            refusals.add("« \(name) » n’est pas un réglage (fichier \(sources.file?.path ?? ""))\(hint)")
        }
        let variables = Settings.Keys.all.map(\.environmentName)
        for name in sources.environment.keys.sorted()
        where !variables.contains(name) && !Self.otherCommands.contains(name)
            && !name.hasPrefix(SettingsSources.openVariable)
        {
            let hint = Settings.nearest(to: name, among: variables)
            refusals.add("La variable « \(name) » n’est pas un réglage\(hint)")
        }
    }

    /// Variables that other commands of the program read, which a person may keep in the shell that starts the service.
    private static let otherCommands: Set = ["UNEFOIS_TOKEN"]

    /// Checks what can be checked of the open families before the catalogue says what it reads.
    mutating func checkOpenFamilies() {
        for name in sources.file?.names ?? [] where Self.isOpen(name) {
            let isAddress = name.hasSuffix(".url")
            _ = checked(name: name, kind: isAddress ? .providerAddress : .path, secret: !isAddress)
        }
        for name in sources.openNames.filter({ $0.isVariable && $0.isAddress }).map(\.text).sorted() {
            guard let value = sources.environment[name] else { continue }
            let kind = SettingKind<String>.providerAddress
            if kind.parse(value) == nil {
                refuse(name, value: value, from: "variable d’environnement", expected: kind.expectation)
            }
        }
    }

    private static func isOpen(_ name: String) -> Bool {
        name.hasPrefix("providers.") && name.split(separator: ".").count >= 3
    }
}

extension Settings {
    /// The end of a sentence: « ; vouliez-vous … ? » for the nearest candidate, a full stop where none is near.
    ///
    /// A candidate is also near by its last word alone: `port` finds `server.port`.
    static func nearest(to name: String, among candidates: [String]) -> String {
        let ranked = candidates.map { candidate in
            let lastWord = candidate.split(separator: ".").last.map(String.init) ?? candidate
            return (candidate, min(distance(name, candidate), distance(name, lastWord)))
        }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, name.count / 3) else { return "." }
        return " ; vouliez-vous « \(best.0) » ?"
    }

    /// The number of letters to add, drop or change between two texts (Levenshtein).
    static func distance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var previous = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in second.enumerated() {
                let changed = previous[column] + (letter == other ? 0 : 1)
                current.append(min(changed, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[second.count]
    }
}
