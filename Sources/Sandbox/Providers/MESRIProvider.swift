import HTTPTypes
import Hummingbird
import Values

/// The register of students of the ministry of higher education.
struct MESRIProvider: SimulatedProvider {
    static let id = "mesri"

    let population: Population
    let credentials: Credentials

    func answer(_ call: Call) async -> Reply {
        guard call.path == "/statut_etudiant" else { return .notFound }
        guard credentials.acceptsSecret(call.headers[.apiKey]) else {
            return refusal("Clé absente ou inconnue", call, "X-API-Key", status: .unauthorized)
        }
        switch call.method {
        case .get: return answerByNumber(call)
        case .post: return answerByIdentity(call)
        default: return Reply(status: .methodNotAllowed)
        }
    }

    private func answerByNumber(_ call: Call) -> Reply {
        guard let number = call.query["INE"], number.utf8.count == 11,
            number.utf8.allSatisfy({ $0 < 0x80 && Character(Unicode.Scalar($0)).isLetter || (0x30...0x39).contains($0) }
            )
        else { return refusal("Numéro d'étudiant mal formé", call, "INE", status: .badRequest) }
        guard let student = population.student(number) else { return unknown(call) }
        return .json(status(of: student, withNumber: true))
    }

    private func answerByIdentity(_ call: Call) -> Reply {
        guard let body = call.json, let name = body["nomFamille"]?.text, let firstName = body["prenom1"]?.text else {
            return refusal("Identité incomplète", call, "nomFamille, prenom1", status: .badRequest)
        }
        let sex: Sex? =
            switch body["sexe"]?.text {
            case "1": .male
            case "2": .female
            default: nil
            }
        let identity = Identity(
            name: name, firstNames: [firstName], birth: body["dateNaissance"]?.text.flatMap { CivilDate($0) },
            sex: sex?.rawValue, commune: body["lieuNaissance"]?.text)
        let students = population.people(like: identity).compactMap { population.people[$0].student }
        guard students.count == 1, let student = students.first else { return unknown(call) }
        return .json(status(of: population.students[student], withNumber: false))
    }

    private func status(of student: Student, withNumber: Bool) -> JSON {
        let person = population.people[student.person]
        let today = population.clock.today
        let number: [JSON.Member] = withNumber ? [.init("ine", .string(student.number))] : []
        return .object(
            number + [
                .init("nomFamille", .string(person.birthName)), .init("prenom", .string(person.firstNames.first ?? "")),
                .init("dateNaissance", .string(person.birthDate(on: today).description)),
                .init("inscriptions", .array(student.enrolments.map { enrolment($0, on: today) })),
            ])
    }

    /// An enrolment; academic years run from September to August.
    private func enrolment(_ enrolment: Student.Enrolment, on today: CivilDate) -> JSON {
        let year = today.year - (today.month < 9 ? 1 : 0) - enrolment.yearsAgo
        return [
            "dateDebutInscription": .string(CivilDate(year: year, month: 9, day: 1).description),
            "dateFinInscription": .string(CivilDate(year: year + 1, month: 8, day: 31).description),
            "statut": enrolment.isEnrolled ? "inscrit" : "admis", "codeCommune": .string(enrolment.school.commune),
            "etablissement": [
                "uai": .string(enrolment.school.code), "nomEtablissement": .string(enrolment.school.name),
            ],
            "regime": .string(enrolment.scheme),
        ]
    }

    private func unknown(_ call: Call) -> Reply { refusal("Aucun étudiant ne correspond", call, "", status: .notFound) }

    private func refusal(_ message: String, _ call: Call, _ parameter: String, status: HTTPResponse.Status) -> Reply {
        .json(
            [
                "message": .string(message), "uid": "bac-a-sable_0000",
                "details": [
                    "method": .string(call.method.rawValue), "endpoint": "etudiant", "parameter": .string(parameter),
                ],
            ], status: status)
    }
}

extension HTTPField.Name {
    fileprivate static let apiKey = HTTPField.Name("X-API-Key") ?? .authorization
}
