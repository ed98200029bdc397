/// How a provider is, or one of the things looked at of it.
public enum HealthState: String, Sendable, Hashable, CaseIterable {
    case ok
    /// It answers part of what it is asked.
    case degraded
    case down
    /// Closed at a time that it told.
    case maintenance
    case unknown

    public var isBad: Bool { self == .degraded || self == .down }

    /// The state of a whole: what is known of its parts. Where some are bad and others not, it is degraded; where some
    /// are closed and the others well, it is in maintenance.
    public init(ofParts parts: some Sequence<HealthState>) {
        let known = Set(parts).subtracting([.unknown])
        if known.count < 2 {
            self = known.first ?? .unknown
        } else {
            self = known.contains(where: \.isBad) ? .degraded : .maintenance
        }
    }

    /// What the calls of some time tell: a tenth or more of failures is a fault, half or more a breakdown. No call
    /// tells nothing.
    public init(calls: Int, failures: Int) {
        if calls <= 0 {
            self = .unknown
        } else if failures * 2 >= calls {
            self = .down
        } else {
            self = failures * 10 >= calls ? .degraded : .ok
        }
    }

    /// The word of the ping's answer (public contract of API Entreprise and API Particulier).
    public var ping: String {
        switch self {
        case .ok: "ok"
        case .degraded, .down: "bad_gateway"
        case .maintenance: "maintenance"
        case .unknown: "unknown"
        }
    }
}
