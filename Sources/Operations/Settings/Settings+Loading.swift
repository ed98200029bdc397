import Foundation

extension Settings {
    /// Reads and checks every setting, before anything opens.
    ///
    /// - Parameters:
    ///   - arguments: what follows the command's name on the command line, options only.
    ///   - environment: the variables of the process; those that do not start with `UNEFOIS_` are none of ours.
    ///   - terminal: whether the log goes to a person, which decides its default form.
    /// - Throws: ``SettingsError``, with every refusal at once.
    public static func load(
        arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        terminal: Bool = isatty(STDERR_FILENO) != 0
    ) async throws(SettingsError) -> Settings {
        var refusals = SettingsError()
        let flags = flags(in: arguments, refusals: &refusals)
        var file: SettingsFile?
        if let path = flags[Keys.config.name] ?? environment[Keys.config.environmentName], !path.isBlank {
            do { file = try await SettingsFile.read(path) } catch { refusals.add(error) }
        }
        var reading = SettingsReading(sources: SettingsSources(flags: flags, environment: environment, file: file))
        reading.refusals = refusals
        let settings = Settings(reading: &reading, terminal: terminal)
        reading.checkNames()
        reading.checkOpenFamilies()
        guard reading.refusals.problems.isEmpty else { throw reading.refusals }
        return settings
    }

    /// The values that the command line gives, by dotted name: `--port 80`, `--port=80`, `--sandbox`, `--no-sandbox`.
    static func flags(in arguments: [String], refusals: inout SettingsError) -> [String: String] {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = String(parts[0])
            if let key = Keys.all.first(where: { $0.flag == option }) {
                if parts.count == 2 {
                    values[key.name] = String(parts[1])
                } else if key.isSwitch {
                    values[key.name] = "true"
                } else if let next = rest.first, !next.hasPrefix("--") {
                    values[key.name] = rest.removeFirst()
                } else {
                    refusals.add("L’option \(option) demande une valeur ; attendu : \(key.expectation).")
                }
            } else if let key = Keys.all.first(where: { $0.isSwitch && $0.negatedFlag == argument }) {
                values[key.name] = "false"
            } else {
                let known = Keys.all.compactMap(\.flag) + Keys.all.filter(\.isSwitch).compactMap(\.negatedFlag)
                refusals.add("L’option « \(option) » n’existe pas" + nearest(to: option, among: known))
            }
        }
        return values
    }
}

extension DeclaredSetting {
    /// The option that turns a switch off.
    var negatedFlag: String? { flag.map { "--no-" + $0.drop(while: { $0 == "-" }) } }
}
