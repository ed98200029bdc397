import AsyncHTTPClient
import CatalogueModel
import Foundation
import Values

/// The dialogue that leads to a call, and goes on with another.
struct TrySession {
    let catalogue: CompiledCatalogue
    let conversation: any Conversation
    let client: HTTPClient
    let clock: WallClock
    var words: String
    var operation: String?
    /// Nil: asked for.
    var base: String?
    var allowsHTTP: Bool
    var secrets: TriedSecrets

    /// The input has ended, or the person wants no more.
    struct Ended: Error {}

    /// Talks until the person has had enough.
    func run() async {
        do throws(Ended) {
            var next: APIOperation? = try await chooseOperation()
            let base = try await chooseBase()
            while let operation = next { next = try await tryOut(operation, base) }
        } catch {
            conversation.say("Fin.")
        }
    }

    // MARK: - What to call

    private func chooseOperation() async throws(Ended) -> APIOperation {
        let choice = OperationChoice(catalogue)
        if let named = choice.exactly(operation ?? words) { return named }
        var apis = choice.apis(words)
        if words.isEmpty {
            let text = try await ask("Que cherchez-vous ? (des mots ; Entrée : toutes les API) ")
            apis = choice.apis(text)
        }
        while apis.isEmpty { apis = choice.apis(try await ask("Rien de tel. D'autres mots ? ")) }
        let api = try await pick("API", apis) { "\($0.title) (\($0.id))" }
        return try await pick("Version", choice.operations(of: api)) { OperationChoice.label($0) }
    }

    /// One of several, by its number; alone it needs no question.
    private func pick<Item>(_ what: String, _ items: [Item], _ label: (Item) -> String) async throws(Ended) -> Item {
        for (index, item) in items.enumerated() {
            conversation.say("\(items.count > 1 ? "  \(index + 1). " : "")\(label(item))")
        }
        while items.count > 1 {
            let text = try await ask("\(what), de 1 à \(items.count) [1] : ")
            if text.isEmpty { break }
            if let number = Int(text), (1...items.count).contains(number) { return items[number - 1] }
        }
        return items[0]
    }

    private func chooseBase() async throws(Ended) -> String {
        if let base { return base }
        while true {
            let text = try await ask("Adresse du service [\(ServiceAddress.local)] : ")
            let wanted = text.isEmpty ? ServiceAddress.local : text
            if let base = ServiceAddress.accepted(wanted, allowingHTTP: allowsHTTP) { return base }
            conversation.say("Il faut une adresse en https, ou en http sur cette machine : le jeton y est envoyé.")
        }
    }

    private func token(_ operation: APIOperation) async throws(Ended) -> Redacted<String> {
        if let known = secrets.token(operation) { return known }
        let what = operation.identity == .franceConnect ? "Jeton FranceConnect de la personne" : "Jeton"
        while true {
            guard let text = await conversation.askSecret("\(what) (rien ne s'affiche) : ") else { throw Ended() }
            if let token = TriedSecrets.accepted(text) { return token }
            conversation.say("Ce n'est pas un jeton.")
        }
    }

    // MARK: - Calls

    /// Tries an operation as often as wanted; gives the next one, nil at the end.
    private func tryOut(_ operation: APIOperation, _ base: String) async throws(Ended) -> APIOperation? {
        let token = try await token(operation)
        let fields = TriedFields(operation, errors: catalogue.errors, today: clock.today)
        var dialogue = FieldDialogue(fields: fields, conversation: conversation)
        conversation.say("\nEntrée : la valeur proposée. « - » : laisser vide. « < » : question précédente.\n")
        try await dialogue.ask()
        while true {
            let example = CallExample(operation, values: dialogue.sent)
            await send(TriedCall(example: example, base: base, token: token))
            switch try await ask("\nEntrée : finir. m : modifier et refaire. r : refaire. a : autre API. ") {
            case "m": try await dialogue.ask()
            case "r": continue
            case "a":
                var fresh = self
                (fresh.words, fresh.operation) = ("", nil)
                return try await fresh.chooseOperation()
            default: return nil
            }
        }
    }

    private func send(_ call: TriedCall) async {
        do {
            let answer = try await call.send(client)
            let report = TriedReport(errors: catalogue.errors, isColoured: conversation.isColoured)
            conversation.show("\n" + report.text(answer, call))
        } catch {
            conversation.say("Aucune réponse de \(call.base) : le service est-il démarré ?")
        }
    }

    private func ask(_ question: String) async throws(Ended) -> String {
        guard let line = await conversation.ask(question) else { throw Ended() }
        return line.trimmingCharacters(in: .whitespaces)
    }
}

/// Asks for each field in turn, and explains what the hub would refuse.
struct FieldDialogue {
    let fields: TriedFields
    let conversation: any Conversation
    private var values: [String: [String]] = [:]
    private var known: Set<String> = []

    init(fields: TriedFields, conversation: any Conversation) {
        self.fields = fields
        self.conversation = conversation
    }

    /// What is sent, in the order of the questions.
    var sent: [(name: String, values: [String])] { fields.fields.map { ($0.name, values[$0.name] ?? []) } }

    /// Asks for everything; what was given before is proposed again.
    mutating func ask() async throws(TrySession.Ended) {
        let before = values
        (values, known) = ([:], [])
        var index = 0
        while index < fields.fields.count {
            let field = fields.fields[index]
            let proposed = before[field.name] ?? (before.isEmpty ? field.suggestion : [])
            guard let line = await conversation.ask(Self.question(field, proposed)) else { throw TrySession.Ended() }
            let text = line.trimmingCharacters(in: .whitespaces)
            if text == "<" {
                index = max(0, index - 1)
                known.remove(fields.fields[index].name)
                continue
            }
            values[field.name] = Self.values(text, field, proposed)
            known.insert(field.name)
            let faults = fields.faults(values, known: known)
            if faults.isEmpty { index += 1 } else { explain(faults, field) }
        }
    }

    private mutating func explain(_ faults: [ErrorNomenclature.Entry], _ field: TriedField) {
        known.remove(field.name)
        for fault in faults {
            conversation.say("  \(fault.code) \(fault.detail)\(fault.remedy.map { " " + $0 } ?? "")")
        }
    }

    private static func question(_ field: TriedField, _ proposed: [String]) -> String {
        var notes = [field.plainName]
        if !field.isRequired { notes.append("facultatif") }
        if !field.among.isEmpty { notes.append(field.among.joined(separator: " ou ")) }
        if field.isList { notes.append("plusieurs : séparés par des virgules") }
        let value = proposed.isEmpty ? "" : " [\(proposed.joined(separator: ", "))]"
        return "\(field.meaning) (\(notes.joined(separator: " ; ")))\(value) : "
    }

    private static func values(_ text: String, _ field: TriedField, _ proposed: [String]) -> [String] {
        if text.isEmpty { return proposed }
        if text == "-" { return [] }
        guard field.isList else { return [text] }
        return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
