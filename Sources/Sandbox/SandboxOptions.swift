import Foundation
import Values

/// How a sandbox is set up.
public struct SandboxOptions: Sendable {
    /// Decides the fictional population.
    public var seed: UInt64 = 1
    /// The number of families, the hand-written ones included.
    public var families = 10_000
    /// The number of companies, the hand-written ones included.
    public var companies = 5_000
    /// The address to listen on. Faults can be set on a loopback address only.
    public var host = "127.0.0.1"
    /// Port by provider (`cnav`, `mesri`, `insee`, `urssaf`, `france_connect`); 0 or absent: any free one.
    public var ports: [String: Int] = [:]
    /// The one client secret, password and API key that every provider accepts.
    public var secret: String
    /// The one client or user identifier that every provider accepts.
    public var clientID = "unefois"
    /// A folder of test cases that say whom a made-up FranceConnect token stands for.
    public var franceConnectCases: String?
    /// The file that holds the hub's public keys (RFC 7517), to encrypt introspections with; read at each call.
    public var clientKeys: String?
    /// The scopes of `fc-<key>` tokens, besides `openid` and `identite_pivot`.
    public var scopes: [String] = []
    public var clock: WallClock = .system
    /// The catalogue's folder, for the providers whose simulation is written there; nil: none of them.
    public var catalogue: URL?
    /// Where the certificates of providers that want mutual TLS are written, made anew at each start; nil: no such
    /// provider is played.
    public var certificates: URL?

    public init(secret: String) { self.secret = secret }

    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
