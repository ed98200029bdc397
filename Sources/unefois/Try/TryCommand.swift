import ArgumentParser
import AsyncHTTPClient
import CatalogueModel
import Foundation
import NIOPosix
import Values

struct TryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try", abstract: "Essaie une API : pose les questions, fait l'appel, montre la réponse.",
        discussion: """
            Le jeton vient de la variable UNEFOIS_TOKEN, de --token-file ou d'une question, jamais de la ligne de \
            commande, que d'autres peuvent lire. Pour une API avec FranceConnect : la variable JETON_FRANCECONNECT.

            Avec --param ou --json il n'y a pas de questions ; sans --param, les valeurs sont celles de l'exemple.
            """)

    @Argument(help: "L'API ou l'opération, par son identifiant ou par des mots.")
    var words: [String] = []
    @Option(help: "Adresse du service. Par défaut : demandée, sinon \(ServiceAddress.local).")
    var url: String?
    @Option(help: "Une opération, par son identifiant.")
    var operation: String?
    @Option(name: .customLong("param"), help: "Un paramètre, nom=valeur ; répétez l'option.")
    var parameters: [String] = []
    @Option(help: "Fichier qui contient le jeton.")
    var tokenFile: String?
    @Flag(help: "N'affiche que le corps de la réponse, en JSON.")
    var json = false
    @Flag(name: .customLong("allow-http"), help: "Laisse partir le jeton en clair vers une autre machine.")
    var allowsHTTP = false
    @OptionGroup var catalogue: CatalogueOption

    func run() async throws {
        let compiled = try catalogue.compile()
        var base: String?
        if let url {
            base = ServiceAddress.accepted(url, allowingHTTP: allowsHTTP)
            if base == nil { throw ValidationError("--url veut une adresse en https, ou en http sur cette machine.") }
        }
        let secrets = try TriedSecrets(file: tokenFile)
        let client = TriedCall.client()
        let result: Result<Void, any Error>
        do {
            if json || !parameters.isEmpty {
                try await callAtOnce(compiled, base ?? ServiceAddress.local, secrets, client)
            } else {
                await TrySession(
                    catalogue: compiled, conversation: Console(), client: client, clock: .system,
                    words: words.joined(separator: " "), operation: operation, base: base, allowsHTTP: allowsHTTP,
                    secrets: secrets
                ).run()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        try result.get()
    }

    /// One call without questions. Ends in failure where the answer is no success.
    private func callAtOnce(
        _ catalogue: CompiledCatalogue, _ base: String, _ secrets: TriedSecrets, _ client: HTTPClient
    ) async throws {
        let operation = try chosen(catalogue)
        guard let token = secrets.token(operation) else {
            let name = TriedSecrets.variable(operation)
            throw ValidationError("Donnez le jeton dans la variable \(name) ou dans un fichier avec --token-file.")
        }
        let call = TriedCall(example: try example(operation, catalogue), base: base, token: token)
        let answer: TriedCall.Answer
        do {
            answer = try await call.send(client)
        } catch {
            throw CleanExit.failure("aucune réponse de \(base)")
        }
        let console = Console()
        if json {
            let body = try? JSON(parsing: answer.body)
            console.show(
                body.map { TerminalText.json($0, isColoured: console.isColoured) } ?? TerminalText.safe(answer.body))
        } else {
            console.show(TriedReport(errors: catalogue.errors, isColoured: console.isColoured).text(answer, call))
        }
        if !answer.isFine { throw ExitCode.failure }
    }

    private func chosen(_ catalogue: CompiledCatalogue) throws -> APIOperation {
        let choice = OperationChoice(catalogue)
        if let operation {
            guard let found = catalogue.operation(operation) else {
                throw ValidationError("Aucune opération ne se nomme \(operation).")
            }
            return found
        }
        let text = words.joined(separator: " ")
        if let found = choice.exactly(text) { return found }
        let apis = choice.apis(text)
        guard apis.count == 1, let first = choice.operations(of: apis[0]).first else {
            let names = apis.map(\.id).joined(separator: ", ")
            throw ValidationError(apis.isEmpty ? "Aucune API ne répond à ces mots." : "Laquelle ? \(names).")
        }
        return first
    }

    private func example(_ operation: APIOperation, _ catalogue: CompiledCatalogue) throws -> CallExample {
        guard !parameters.isEmpty else { return CallExample(operation) }
        let fields = TriedFields(operation, errors: catalogue.errors, today: WallClock.system.today)
        var values: [String: [String]] = [:]
        for parameter in parameters {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValidationError("--param s'écrit nom=valeur.") }
            guard let field = fields.field(String(parts[0])) else {
                let names = fields.fields.map(\.plainName).joined(separator: ", ")
                throw ValidationError("\(operation.id) n'a pas de paramètre \(parts[0]). Il a : \(names).")
            }
            values[field.name, default: []].append(String(parts[1]))
        }
        for parameter in operation.parameters where parameter.isInPath && values[parameter.name] == nil {
            throw ValidationError("--param \(parameter.plainName)=… manque : il est dans l'adresse.")
        }
        return CallExample(operation, values: fields.fields.map { ($0.name, values[$0.name] ?? []) })
    }
}

/// The tokens that the surroundings of the command give.
struct TriedSecrets: Sendable {
    private let file: Redacted<String>?
    private let environment: [String: String]

    init(file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        self.environment = environment
        self.file = try file.map { path in
            guard let text = try? String(contentsOfFile: path, encoding: .utf8), let token = Self.accepted(text) else {
                throw ValidationError("Le fichier \(path) ne contient pas un jeton.")
            }
            return token
        }
    }

    /// The variable that holds the token for that operation.
    static func variable(_ operation: APIOperation) -> String {
        operation.identity == .franceConnect ? "JETON_FRANCECONNECT" : "UNEFOIS_TOKEN"
    }

    func token(_ operation: APIOperation) -> Redacted<String>? {
        file ?? environment[Self.variable(operation)].flatMap(Self.accepted)
    }

    /// A text that can stand in a header.
    static func accepted(_ text: String) -> Redacted<String>? {
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return Redacted(token)
    }
}
