import Configuration
import Foundation
import Logging
import Values

/// What the operator chose, read once at start and checked whole before anything opens.
///
/// An option of the command line wins over an environment variable, which wins over the YAML file, which wins over
/// the default. It is not where the descriptions of APIs live: those are the catalogue.
public struct Settings: Sendable {
    /// The name or address to listen on.
    public let host: String
    /// The port to listen on, 0 to 65535; 0 lets the system choose.
    public let port: Int
    /// What connections are secured with; nil where they are not.
    public let tls: TLSSettings?
    /// Proxies whose word on the caller's address is taken.
    public let trustedProxies: [AddressBlock]
    /// Whether those proxies' `Client-Cert` is believed.
    public let clientCertHeader: Bool
    /// The address that the metrics listen on; the public must not reach it.
    public let adminHost: String
    /// The port of the metrics, 0 to let the system choose, nil for none.
    public let adminPort: Int?
    /// The folder of the instance's data; it may not exist yet.
    public let data: String
    /// The address of the PostgreSQL database, a secret; nil for a file of the data folder.
    public let database: Redacted<String>?
    /// How many accesses to that database may go on at once, 2 to 100.
    public let databaseConnections: Int
    /// The name of this machine among those of one database; nil for the host's.
    public let node: String?
    /// The folder of the catalogue, which exists; nil lets the caller look for it.
    public let catalogue: String?
    /// Whether to start the simulated providers.
    public let sandbox: Bool
    /// The seed of the fictional population, 0 or more.
    public let sandboxSeed: Int
    /// How many fictional families, 1 to 1 000 000.
    public let sandboxFamilies: Int
    /// How many fictional companies, 1 to 1 000 000.
    public let sandboxCompanies: Int
    /// The folder of test cases, which exists.
    public let testCases: String?
    /// The folder of FranceConnect test identities, which exists.
    public let franceConnectCases: String?
    /// The instant that the clock starts from; nil for the clock of the system.
    public let clock: Date?
    /// Calls at once, 1 to 100 000; nil lets the machine's memory tell.
    public let callsInFlight: Int?
    /// Exchanges with one provider at once, 1 to 100 000.
    public let callsPerProvider: Int
    /// Seconds that a connection may rest between two requests, 1 to 3600.
    public let idleTimeout: Int
    /// Seconds that a request may take to come, 1 to 600.
    public let requestTimeout: Int
    /// The form of the log.
    public let logFormat: LogFormat
    /// The least level that is logged.
    public let logLevel: Logger.Level
    /// The base of absolute links as configured, without a last « / ». See ``publicURL(port:)``.
    public let publicURL: String?
    /// Whether pages may show the marks of the State.
    public let stateBrand: Bool

    /// Where the witness of the ledger is asked; nil where there is none.
    public let ledgerWitnessURL: String?
    /// The public key of that witness.
    public let ledgerWitnessKey: String?
    /// The ledgers that this instance witnesses.
    public let ledgerWitnessed: WitnessedLedgers

    let reader: ConfigReader
    let openNames: [OpenName]

    init(reading: inout SettingsReading, terminal: Bool) {
        host = reading.value(of: Keys.host)
        port = reading.value(of: Keys.port)
        tls = TLSSettings(
            certificate: reading.value(of: Keys.tlsCertificate), key: reading.value(of: Keys.tlsKey),
            asksClients: reading.value(of: Keys.tlsClientCertificates))
        trustedProxies = reading.value(of: Keys.trustedProxies)
        clientCertHeader = reading.value(of: Keys.clientCertHeader)
        adminHost = reading.value(of: Keys.adminHost)
        adminPort = reading.value(of: Keys.adminPort)
        data = reading.value(of: Keys.data)
        database = reading.value(of: Keys.database).map(Redacted.init)
        databaseConnections = reading.value(of: Keys.databaseConnections)
        node = reading.value(of: Keys.node)
        catalogue = reading.value(of: Keys.catalogue)
        sandbox = reading.value(of: Keys.sandbox)
        sandboxSeed = reading.value(of: Keys.sandboxSeed)
        sandboxFamilies = reading.value(of: Keys.sandboxFamilies)
        sandboxCompanies = reading.value(of: Keys.sandboxCompanies)
        testCases = reading.value(of: Keys.testCases)
        franceConnectCases = reading.value(of: Keys.franceConnectCases)
        clock = reading.value(of: Keys.clock)
        callsInFlight = reading.value(of: Keys.callsInFlight)
        callsPerProvider = reading.value(of: Keys.callsPerProvider)
        idleTimeout = reading.value(of: Keys.idleTimeout)
        requestTimeout = reading.value(of: Keys.requestTimeout)
        logFormat = reading.value(of: Keys.logFormat) ?? (terminal ? .readable : .json)
        logLevel = reading.value(of: Keys.logLevel)
        publicURL = reading.value(of: Keys.publicURL)
        stateBrand = reading.value(of: Keys.stateBrand)
        ledgerWitnessURL = reading.value(of: Keys.ledgerWitnessURL)
        ledgerWitnessKey = reading.value(of: Keys.ledgerWitnessKey)
        ledgerWitnessed = reading.value(of: Keys.ledgerWitnessed)
        reader = reading.sources.reader()
        openNames = reading.sources.openNames
    }

    /// The base of absolute links, without a last « / », for a server that listens on `port`.
    ///
    /// A host that stands for every interface is no address to link to: `localhost` takes its place.
    public func publicURL(port: Int) -> String {
        if let publicURL { return publicURL }
        let everywhere = ["0.0.0.0", "::"].contains(host)
        return
            "\(tls == nil ? "http" : "https")://\(everywhere ? "localhost" : host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
