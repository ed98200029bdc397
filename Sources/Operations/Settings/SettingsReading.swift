import Configuration
import Synchronization

/// One pass over the sources: hands out values and gathers what is wrong with them.
struct SettingsReading {
    let sources: SettingsSources
    var refusals = SettingsError()
    private let reader: ConfigReader
    private let provenance = Provenance()

    init(sources: SettingsSources) {
        self.sources = sources
        reader = sources.reader(reporter: provenance)
    }

    /// The value of a declared setting; its default where it is absent or wrong.
    mutating func value<Value>(of key: SettingKey<Value>) -> Value {
        checked(name: key.name, kind: key.kind, secret: key.secret) ?? key.default
    }

    /// The value of a name where a source gives a right one; a wrong one is noted.
    mutating func checked<Value>(name: String, kind: SettingKind<Value>, secret: Bool) -> Value? {
        let text = reader.string(forKey: ConfigKey(name), isSecret: secret)
        guard let source = provenance.last() else { return nil }
        guard let text else {
            refuse(name, from: origin(source, of: name), expected: "\(kind.expectation), en une seule valeur")
            return nil
        }
        guard !text.isBlank else { return nil }
        guard let value = kind.parse(text) else {
            refuse(name, value: secret ? nil : text, from: origin(source, of: name), expected: kind.expectation)
            return nil
        }
        return value
    }

    mutating func refuse(_ name: String, value: String? = nil, from origin: String, expected: String) {
        let shown = value.map { " vaut « \(Self.shown($0)) »" } ?? " a une valeur refusée"
        refusals.add("« \(name) »\(shown) (\(origin)) ; attendu : \(expected).")
    }

    // An address may carry a password before its « @ ».
    private static func shown(_ value: String) -> String {
        let flat = String(value.prefix(120).map { $0.isNewline ? " " : $0 })
        guard let at = flat.lastIndex(of: "@") else { return flat }
        return "…" + flat[at...]
    }

    private func origin(_ source: Int, of name: String) -> String {
        switch source {
        case 0:
            "option " + (Settings.Keys.all.first { $0.name == name }?.flag ?? "--\(name)")
        case 1: "variable " + Settings.environmentName(of: name)
        default: "fichier \(sources.file?.path ?? "de réglages")"
        }
    }
}

/// Remembers which source answered the last question.
private final class Provenance: AccessReporter {
    private let source = Mutex<Int?>(nil)

    /// The place of the source in the order of precedence, whether it gave a value or failed to; nil for none.
    func last() -> Int? { source.withLock { $0 } }

    func report(_ event: AccessEvent) {
        let answered = event.providerResults.lastIndex { provider in
            switch provider.result {
            case .success(let lookup): lookup.value != nil
            case .failure: true
            }
        }
        source.withLock { $0 = answered }
    }
}
