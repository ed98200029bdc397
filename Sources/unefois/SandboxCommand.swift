import ArgumentParser
import Foundation
import Sandbox
import Values

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Le bac à sable : population fictive et fournisseurs simulés.",
        subcommands: [Serve.self, People.self, Companies.self])

    struct PopulationOptions: ParsableArguments {
        @Option(help: "Graine de la population.")
        var seed: UInt64 = 1
        @Option(help: "Nombre de familles.")
        var families = 10_000
        @Option(help: "Nombre d'entreprises.")
        var companies = 5_000
    }

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Démarre les fournisseurs simulés, chacun sur son port.",
            discussion: """
                Affiche leurs adresses en une ligne de JSON. Le secret que tous acceptent vient de la variable \
                UNEFOIS_SANDBOX_SECRET.
                """)
        @OptionGroup var population: PopulationOptions
        @Option(help: "Dossier d'identités FranceConnect, au format des cas de test.")
        var franceConnectCases: String?
        @Option(help: "Fichier des clés publiques du service (JWKS), pour chiffrer les réponses de FranceConnect.")
        var clientKeys: String?
        @Option(help: "Dossier du catalogue, d'où viennent les simulations écrites en fichiers.")
        var catalogue: String?
        @Option(help: "Dossier où écrire les certificats des fournisseurs qui veulent celui du client.")
        var certificates: String?
        @Option(help: "Instant d'où part l'horloge, en ISO 8601.")
        var clock: String?
        @Option(name: .customLong("port"), help: "Port d'un fournisseur : cnav=9001 ; répétez l'option.")
        var ports: [String] = []
        @Flag(help: .hidden)
        var untilInputCloses = false

        func run() async throws {
            let environment = ProcessInfo.processInfo.environment
            var options = SandboxOptions(secret: environment["UNEFOIS_SANDBOX_SECRET"] ?? SecretText.make())
            options.seed = population.seed
            options.families = population.families
            options.companies = population.companies
            options.franceConnectCases = franceConnectCases
            options.clientKeys = clientKeys
            options.scopes = (environment["UNEFOIS_SANDBOX_SCOPES"] ?? "").split(separator: " ").map(String.init)
            options.catalogue = try CatalogueFolder.find(catalogue)
            options.certificates = certificates.map { URL(filePath: $0) }
            if let clock { options.clock = .starting(at: try ClockText.date(clock)) }
            for port in ports {
                let parts = port.split(separator: "=")
                guard parts.count == 2, let number = Int(parts[1]) else {
                    throw ValidationError("--port s'écrit fournisseur=numéro.")
                }
                options.ports[String(parts[0])] = number
            }
            if untilInputCloses { Self.endWithInput() }
            try await Sandbox(options).run { addresses in
                let members = addresses.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
                print(JSON.object(members).serialized)
                fflush(nil)
            }
        }

        /// Ends the process when whoever started it has gone.
        private static func endWithInput() {
            let thread = Thread {
                while let data = try? FileHandle.standardInput.read(upToCount: 1), !data.isEmpty {}
                kill(getpid(), SIGTERM)
            }
            thread.start()
        }
    }

    struct People: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Montre les personnes à essayer.")
        @OptionGroup var population: PopulationOptions
        @Argument(help: "Texte à chercher.")
        var text: String?
        @Option(name: .shortAndLong, help: "Nombre de personnes.")
        var number = 40

        func run() {
            let people = Population(
                seed: population.seed, families: population.families, companies: population.companies)
            SandboxCommand.show(people.people(matching: text, limit: number))
        }
    }

    struct Companies: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Montre les entreprises à essayer.")
        @OptionGroup var population: PopulationOptions
        @Argument(help: "Texte à chercher.")
        var text: String?
        @Option(name: .shortAndLong, help: "Nombre d'entreprises.")
        var number = 40

        func run() {
            let companies = Population(
                seed: population.seed, families: population.families, companies: population.companies)
            SandboxCommand.show(companies.companies(matching: text, limit: number))
        }
    }

    private static func show(_ subjects: [Subject]) {
        if subjects.isEmpty { print("Personne ni entreprise ne correspond.") }
        for subject in subjects {
            print((subject.key ?? "—") + " : " + subject.description)
            print("    " + subject.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
        }
    }
}

/// Instants given on the command line.
enum ClockText {
    static func date(_ text: String) throws -> Date {
        guard let date = try? Date(text, strategy: .iso8601) else {
            throw ValidationError("--clock s'écrit comme 2026-04-28T12:00:00Z.")
        }
        return date
    }
}
