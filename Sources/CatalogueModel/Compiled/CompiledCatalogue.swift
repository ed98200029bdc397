import Synchronization
import Values

/// Every API that the hub serves, compiled from the files of `Catalogue/` and never changed afterwards.
///
/// A call takes one snapshot at its start and keeps it to its end; a reload swaps the snapshot as a whole.
public final class CompiledCatalogue: Sendable {
    /// Tells this catalogue from those compiled before it.
    public let generation: Int
    private static let generations = Atomic(0)

    public let operations: [APIOperation]
    public let apis: [APIDescription]
    public let providers: [String: ProviderDescription]
    public let scopes: ScopeTable
    public let limits: [RateLimitGroup]
    public let errors: ErrorNomenclature
    public let routes: RouteTable
    /// Addresses that no longer answer, with what took their place.
    public let goneRoutes: [String: String]
    /// What people read around the APIs.
    public let editorial: Editorial

    /// - Parameter servesAnnounced: true where operations of announced APIs have an address.
    init(
        operations: [APIOperation], apis: [APIDescription], providers: [String: ProviderDescription],
        scopes: ScopeTable, limits: [RateLimitGroup], errors: ErrorNomenclature, goneRoutes: [String: String],
        editorial: Editorial = Editorial(), servesAnnounced: Bool = true
    ) {
        self.operations = operations
        self.apis = apis
        self.providers = providers
        self.scopes = scopes
        self.limits = limits
        self.errors = errors
        self.goneRoutes = goneRoutes
        self.editorial = editorial
        routes = RouteTable(servesAnnounced ? operations : operations.filter { $0.api.lifecycle != .announced })
        generation = Self.generations.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// The API of that identifier.
    public func api(_ id: String) -> APIDescription? { apis.first { $0.id == id } }

    /// The operation of that identifier.
    public func operation(_ id: String) -> APIOperation? { operations.first { $0.id == id } }

    /// What to tell a caller of an address that no longer answers; nil for any other.
    ///
    /// A declared address may have variables in braces, and `*` as its last segment for all that is below.
    public func gone(_ path: String) -> String? {
        if let text = goneRoutes[path] { return text }
        let asked = path.split(separator: "/")
        return goneRoutes.first { route, _ in
            var declared = route.split(separator: "/")[...]
            let isOpen = declared.last == "*"
            if isOpen { declared.removeLast() }
            guard isOpen ? asked.count > declared.count : asked.count == declared.count else { return false }
            return zip(declared, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }?.value
    }

    /// The operations of an API, newest version first.
    public func operations(of api: String) -> [APIOperation] {
        operations.filter { $0.api.id == api }.sorted { $0.version > $1.version }
    }
}

/// The texts of the hub's errors by code.
public struct ErrorNomenclature: Sendable {
    public struct Entry: Sendable, Hashable {
        public let code: String
        public let status: Int
        public let title: String
        public let detail: String
        public let parameter: String?
        public let header: String?
        /// What the caller can do about it.
        public let remedy: String?
    }

    public let entries: [Entry]
    /// Who answers for a code, by its first two digits.
    public let providerNames: [String: String]
    /// In the order in which a call goes through them.
    public let steps: [CheckStep]
    private let byCode: [String: Entry]

    init(_ entries: [Entry], providerNames: [String: String], steps: [CheckStep] = []) {
        self.entries = entries
        self.steps = steps
        self.providerNames = providerNames
        byCode = Dictionary(entries.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The entry of a code; one of a provider (`23003`) falls back on that of all providers (`NN003`).
    public func entry(_ code: String) -> Entry? {
        if let entry = byCode[code] { return entry }
        // 00 and 50 are the hub's own numbers.
        return code.hasPrefix("00") || code.hasPrefix("50") ? nil : byCode["NN" + code.dropFirst(2)]
    }
}

/// Finds the operation of a path.
public struct RouteTable: Sendable {
    public enum Match: Sendable {
        case operation(APIOperation, variables: [String: String])
        /// The path exists in other versions only.
        case unservedVersion(Int, sibling: APIOperation)
        case none
    }

    private let fixed: [String: APIOperation]
    private let variable: [Int: [(segments: [Substring], operation: APIOperation)]]

    init(_ operations: [APIOperation]) {
        fixed = Dictionary(
            operations.filter { !$0.route.contains("{") }.map { ($0.route, $0) },
            uniquingKeysWith: { first, _ in first })
        let parted = operations.filter { $0.route.contains("{") }.map {
            (segments: $0.route.dropFirst().split(separator: "/", omittingEmptySubsequences: false), operation: $0)
        }
        // Of two routes of one length, that with a word in place of a variable is tried first.
        variable = Dictionary(grouping: parted) { $0.segments.count }.mapValues { routes in
            routes.sorted {
                $0.segments.filter { $0.hasPrefix("{") }.count < $1.segments.filter { $0.hasPrefix("{") }.count
            }
        }
    }

    /// What a path leads to; `path` has no query and its percent signs are decoded.
    public func match(_ path: String) -> Match {
        if let found = find(path) { return found }
        guard let version = Self.version(of: path) else { return .none }
        let rest = path.dropFirst(2).drop { $0.isNumber }
        for other in 1...9 where other != version {
            if case .operation(let sibling, _)? = find("/v\(other)\(rest)") {
                return .unservedVersion(version, sibling: sibling)
            }
        }
        return .none
    }

    private func find(_ path: String) -> Match? {
        if let operation = fixed[path] { return .operation(operation, variables: [:]) }
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for route in variable[segments.count] ?? [] {
            var variables: [String: String] = [:]
            let fits = zip(route.segments, segments).allSatisfy { pattern, segment in
                guard pattern.hasPrefix("{") else { return pattern == segment }
                variables[String(pattern.dropFirst().dropLast())] = String(segment)
                return !segment.isEmpty
            }
            if fits { return .operation(route.operation, variables: variables) }
        }
        return nil
    }

    /// The number after `/v` at the start of a path.
    static func version(of path: String) -> Int? {
        guard path.hasPrefix("/v") else { return nil }
        let digits = path.dropFirst(2).prefix { $0.isNumber }
        guard !digits.isEmpty, digits.count <= 3, path.dropFirst(2 + digits.count).first == "/" else { return nil }
        return Int(digits)
    }
}
