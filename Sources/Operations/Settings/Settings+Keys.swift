import Foundation
import Logging
import Values

extension Settings {
    /// The one list of settings. A setting that is not here, nor in an open family, is refused at start.
    public enum Keys {
        public static let config = SettingKey(
            "config", SettingKind<String>.path.optional, default: nil, shown: "aucun", flag: "--config",
            help: "fichier YAML des réglages")
        public static let host = SettingKey(
            "server.host", .host, default: "127.0.0.1", flag: "--host", help: "adresse d’écoute")
        public static let port = SettingKey(
            "server.port", .port, default: 8080, flag: "--port", help: "port d’écoute ; 0 : un port libre")
        public static let clientCertHeader = SettingKey(
            "server.client-cert-header", .flag, default: false, flag: "--client-cert-header",
            help: "croire aussi l’en-tête Client-Cert de ces mandataires, s’ils effacent celui des clients")
        public static let adminPort = SettingKey(
            "admin.port", SettingKind<Int?>.portOrOff, default: 0, shown: "un port libre, affiché",
            flag: "--admin-port",
            help: "port des métriques ; 0 : un port libre ; off : aucun")
        public static let adminHost = SettingKey(
            "admin.host", .host, default: "127.0.0.1", flag: "--admin-host", help: "adresse d’écoute des métriques")
        public static let trustedProxies = SettingKey(
            "server.trusted-proxies", .addressBlocks, default: [], shown: "aucun", flag: "--trusted-proxies",
            help: "mandataires dont l’en-tête X-Forwarded-For est cru")
        public static let tlsCertificate = SettingKey(
            "server.tls.certificate", SettingKind<String>.path.optional, default: nil, shown: "aucun : HTTP en clair",
            flag: "--tls-certificate", help: "chaîne de certificats (PEM) ; le service parle alors TLS et HTTP/2")
        public static let tlsKey = SettingKey(
            "server.tls.key", SettingKind<String>.path.optional, default: nil, shown: "aucune", flag: "--tls-key",
            help: "clé privée du certificat (PEM)")
        public static let tlsClientCertificates = SettingKey(
            "server.tls.client-certificates", .flag, default: false, flag: "--tls-client-certificates",
            help: "demander un certificat aux clients, pour les jetons qui y sont liés")
        public static let data = SettingKey(
            "data", .path, default: "data", flag: "--data", help: "dossier des données de l’instance")
        public static let database = SettingKey(
            "database", SettingKind<String>.database.optional, default: nil, shown: "un fichier du dossier des données",
            flag: "--database", secret: true, help: "base PostgreSQL que plusieurs nœuds partagent")
        public static let databaseConnections = SettingKey(
            "database.connections", .integer(2...100), default: 8, flag: "--database-connections",
            help: "connexions de ce nœud à la base PostgreSQL")
        public static let node = SettingKey(
            "node", SettingKind<String>.node.optional, default: nil, shown: "le nom de la machine", flag: "--node",
            help: "nom de ce nœud parmi ceux d’une base")
        public static let catalogue = SettingKey(
            "catalogue", SettingKind<String>.existingFolder.optional, default: nil, shown: "trouvé",
            flag: "--catalogue", help: "dossier des descriptions d’API")
        public static let sandbox = SettingKey(
            "sandbox", .flag, default: true, flag: "--sandbox", help: "démarrer les fournisseurs simulés")
        public static let sandboxSeed = SettingKey(
            "sandbox.seed", .integer(0...Int.max), default: 1, flag: "--seed", help: "graine de la population fictive")
        public static let sandboxFamilies = SettingKey(
            "sandbox.families", .integer(1...1_000_000), default: 10_000, flag: "--families",
            help: "nombre de familles fictives")
        public static let sandboxCompanies = SettingKey(
            "sandbox.companies", .integer(1...1_000_000), default: 5_000, flag: "--companies",
            help: "nombre d’entreprises fictives")
        public static let testCases = SettingKey(
            "test-cases", SettingKind<String>.existingFolder.optional, default: nil, shown: "aucun",
            flag: "--test-cases", help: "dossier de cas de test")
        public static let franceConnectCases = SettingKey(
            "france-connect-cases", SettingKind<String>.existingFolder.optional, default: nil, shown: "aucun",
            flag: "--france-connect-cases", help: "dossier d’identités FranceConnect de test")
        public static let clock = SettingKey(
            "clock", SettingKind<Date>.instant.optional, default: nil, shown: "celle du système", flag: "--clock",
            help: "instant d’où part l’horloge, pour les essais")
        public static let logFormat = SettingKey(
            "log.format", SettingKind<LogFormat>.logFormat.optional, default: nil, shown: "selon la sortie",
            flag: "--log-format", help: "journal « lisible » (dans un terminal) ou « json » (ailleurs)")
        public static let logLevel = SettingKey(
            "log.level", .logLevel, default: .info, shown: "info", flag: "--log-level",
            help: "niveau du journal, de trace à critical")
        public static let callsInFlight = SettingKey(
            "calls.in-flight", SettingKind<Int>.integer(1...100_000).optional, default: nil, shown: "selon la mémoire",
            help: "appels traités à la fois ; au-delà ils sont refusés")
        public static let callsPerProvider = SettingKey(
            "calls.per-provider", .integer(1...100_000), default: 256,
            help: "appels en attente d’un même fournisseur ; au-delà ils sont refusés")
        public static let idleTimeout = SettingKey(
            "server.idle-timeout", .integer(1...3_600), default: 75,
            help: "secondes qu’une connexion peut passer sans demande")
        public static let requestTimeout = SettingKey(
            "server.request-timeout", .integer(1...600), default: 60,
            help: "secondes qu’une demande commencée peut mettre à arriver")
        public static let publicURL = SettingKey(
            "public.url", SettingKind<String>.baseAddress.optional, default: nil, shown: "http://host:port",
            flag: "--public-url", help: "base des liens absolus")
        public static let stateBrand = SettingKey(
            "state.brand", .flag, default: false, flag: "--state-brand", help: "montrer les marques de l’État")

        /// Every declared setting, in the order of the help.
        public static let all: [any DeclaredSetting] = [
            config, host, port, tlsCertificate, tlsKey, tlsClientCertificates, trustedProxies, clientCertHeader,
            adminHost, adminPort, publicURL, data, database,
            databaseConnections, node, catalogue, sandbox, sandboxSeed,
            sandboxFamilies,
            sandboxCompanies, testCases, franceConnectCases, clock, callsInFlight, callsPerProvider, idleTimeout,
            requestTimeout, logFormat, logLevel, stateBrand, ledgerWitnessURL, ledgerWitnessKey, ledgerWitnessed,
        ]
    }

    /// The names that an open family takes, for the help: the catalogue says which of them mean something.
    static let openFamilies: [(name: String, help: String)] = [
        ("providers.<id>.url", "adresse de base d’un fournisseur"),
        ("providers.<id>.<adresse>.url", "adresse propre à un service d’un fournisseur"),
        ("providers.<id>.<réglage>", "tout autre réglage d’un fournisseur, jamais montré"),
        ("providers.<id>.<client>.client_id", "réglage d’un client d’un fournisseur, jamais montré"),
    ]
}
