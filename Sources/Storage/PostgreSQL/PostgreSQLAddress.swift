import CLibPQ
import Foundation

/// Where a PostgreSQL database is and how to enter it: a URI of libpq (PostgreSQL documentation §34.1.1.2), such as
/// `postgres://unefois@db.example.fr/unefois?passfile=/etc/unefois/pgpass&sslrootcert=/etc/ssl/ca.pem`.
///
/// It may hold a password, so it is never shown.
public struct PostgreSQLAddress: Sendable, CustomStringConvertible, CustomReflectable {
    /// What each link is opened with, by libpq's names.
    let parameters: [String: String]

    public var description: String { "[redacted]" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// How the server must prove who it is; nil: libpq's own default.
    package var sslMode: String? { parameters["sslmode"] }

    /// Nil for what libpq cannot read.
    public init?(_ uri: String) {
        guard uri.hasPrefix("postgres://") || uri.hasPrefix("postgresql://") else { return nil }
        var problem: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(uri, &problem) else {
            PQfreemem(problem)
            return nil
        }
        defer { PQconninfoFree(options) }
        var parameters = Self.defaults
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        parameters["client_encoding"] = "UTF8"
        self.parameters = Self.secured(parameters)
    }

    /// A network that swallows packets must be noticed in seconds.
    private static let defaults = [
        "application_name": "unefois", "connect_timeout": "3", "keepalives_idle": "5", "keepalives_interval": "2",
        "keepalives_count": "2", "tcp_user_timeout": "5000",
    ]

    /// By itself libpq falls back on plain text, and believes any certificate.
    private static func secured(_ parameters: [String: String]) -> [String: String] {
        let environment = ProcessInfo.processInfo.environment
        let host = parameters["host"] ?? parameters["hostaddr"] ?? environment["PGHOST"] ?? ""
        let isLocal = host.split(separator: ",").allSatisfy {
            $0.hasPrefix("/") || ["localhost", "127.0.0.1", "::1"].contains($0)
        }
        guard !isLocal, parameters["sslmode"] == nil, environment["PGSSLMODE"] == nil else { return parameters }
        return parameters.merging(["sslmode": "verify-full"]) { $1 }
    }
}
