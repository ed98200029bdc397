import Configuration
import Foundation
import Synchronization

/// The places settings come from, in their order of precedence: command line, environment, file.
struct SettingsSources: Sendable {
    private let providers: [any ConfigProvider]
    let environment: [String: String]
    let file: SettingsFile?

    /// - Parameters:
    ///   - flags: values by dotted name.
    ///   - environment: all variables of the process. A blank one counts as absent, as shells and containers do.
    init(flags: [String: String], environment: [String: String], file: SettingsFile?) {
        let variables = environment.filter { $0.key.hasPrefix(Settings.environmentPrefix) && !$0.value.isBlank }
        let flags = flags.map { name, value in
            (AbsoluteConfigKey(ConfigKey(name)), ConfigValue(.string(value), isSecret: false))
        }
        providers =
            [
                InMemoryProvider(values: Dictionary(flags) { _, last in last }),
                EnvironmentVariablesProvider(
                    environmentVariables: variables, secretsSpecifier: .dynamic { name, _ in Self.isSecret(name) }
                ).prefixKeys(with: "unefois"),
            ] + (file.map { [$0.provider] } ?? [])
        self.environment = variables
        self.file = file
    }

    func reader(reporter: (any AccessReporter)? = nil) -> ConfigReader {
        ConfigReader(providers: providers, accessReporter: reporter)
    }

    /// Every name given under `providers`.
    var openNames: [Settings.OpenName] {
        let ofFile = (file?.names ?? []).filter { $0.hasPrefix("providers.") }
        let variables = environment.keys.filter { $0.hasPrefix(Self.openVariable) }
        return ofFile.map { .init(text: $0, isVariable: false) }
            + variables.map { .init(text: $0, isVariable: true) }
    }

    static let openVariable = Settings.environmentName(of: "providers.")

    // Nobody declares which settings of a provider are secret, so all are but addresses.
    static func isSecret(_ name: String) -> Bool {
        if let declared = Settings.Keys.all.first(where: { $0.name == name || $0.environmentName == name }) {
            return declared.secret
        }
        return !(name.hasSuffix(".url") || name.hasSuffix("_URL"))
    }
}

/// The YAML file of settings, and the dotted names it gives.
struct SettingsFile: Sendable {
    let path: String
    let names: [String]
    let provider: any ConfigProvider

    /// Reads the file; nil where it holds nothing but comments.
    ///
    /// - Throws: ``SettingsError`` where it is missing, unreadable or not YAML.
    static func read(_ path: String) async throws(SettingsError) -> SettingsFile? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw SettingsError("Le fichier de réglages « \(path) » est introuvable ou illisible.")
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
        if lines.allSatisfy({ $0.isEmpty || $0 == "---" || $0.hasPrefix("#") }) { return nil }
        let names = NameCollector()
        do {
            let provider = try await FileProvider<YAMLSnapshot>(
                parsingOptions: .init(
                    secretsSpecifier: .dynamic { name, _ in
                        names.add(name)
                        return SettingsSources.isSecret(name)
                    }),
                filePath: .init(path))
            return SettingsFile(path: path, names: names.all, provider: provider)
        } catch {
            // The lines after the first quote the file, which holds secrets.
            let reason = "\(error)".split(separator: "\n").first.map(String.init) ?? ""
            let place = reason.prefixMatch(of: /(\d+):(\d+):/).map { "ligne \($0.1), colonne \($0.2) : " } ?? ""
            let cause = reason.replacing(#/^\d+:\d+: error: /#, with: "")
            throw SettingsError("Le fichier de réglages « \(path) » n’est pas du YAML de réglages : \(place)\(cause)")
        }
    }
}

/// The names that a snapshot meets while it parses: the library asks of each whether it is secret, and lists none.
private final class NameCollector: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0.sorted() } }

    func add(_ name: String) { names.withLock { $0.append(name) } }
}
