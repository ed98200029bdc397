/// One declared setting: its name in every source, its kind, its default and what it means.
public struct SettingKey<Value: Sendable>: DeclaredSetting {
    public let name: String
    public let kind: SettingKind<Value>
    /// The value where no source gives one.
    public let `default`: Value
    public let shownDefault: String
    public let help: String
    public let secret: Bool
    public let flag: String?

    public var expectation: String { kind.expectation }
    public var isSwitch: Bool { Value.self == Bool.self }

    init(
        _ name: String, _ kind: SettingKind<Value>, default: Value, shown: String? = nil, flag: String? = nil,
        secret: Bool = false, help: String
    ) {
        self.name = name
        self.kind = kind
        self.default = `default`
        self.shownDefault = shown ?? String(describing: `default`)
        self.flag = flag
        self.secret = secret
        self.help = help
    }
}

/// What all declared settings have in common, whatever their values.
public protocol DeclaredSetting: Sendable {
    /// The dotted name, as in the file.
    var name: String { get }
    /// The option of the command line, with its dashes, or nil where it has none.
    var flag: String? { get }
    /// The default as the help shows it.
    var shownDefault: String { get }
    /// What the setting is for, in plain French.
    var help: String { get }
    /// What a right value looks like, in French.
    var expectation: String { get }
    /// True where no message may show the value.
    var secret: Bool { get }
    /// True for an option that stands alone, and that `--no-…` turns off.
    var isSwitch: Bool { get }
}

extension DeclaredSetting {
    /// The environment variable that sets it.
    public var environmentName: String { Settings.environmentName(of: name) }
}

extension Settings {
    /// What every environment variable of the product starts with.
    public static let environmentPrefix = "UNEFOIS_"

    /// The environment variable of a dotted name: upper case, dots and dashes become underscores.
    ///
    /// The way back is not defined, since identifiers of providers contain underscores: a variable is found from the
    /// name that is asked for, never by splitting.
    public static func environmentName(of name: String) -> String {
        environmentPrefix + String(name.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}
