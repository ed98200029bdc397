import Testing
import Values

@testable import CatalogueModel
@testable import Gateway

struct ProblemTests {
    private static let factory = ProblemFactory(catalogue: Model.catalogue)

    @Test func `an error of v3 leaves out what is unknown`() {
        #expect(
            Self.factory.problem("00101").object.serialized
                == #"{"code":"00101","title":"Title 00101","detail":"Detail 00101","source":{"parameter":"token"},"meta":{}}"#
        )
        #expect(Self.factory.problem("00107").object["source"] == ["header": "X-Forwarded-For"])
        #expect(Self.factory.problem("00210").object["source"] == nil)
        #expect(Self.factory.problem("00210", parameter: "recipient").object["source"] == ["parameter": "recipient"])
    }

    @Test func `a code that nobody declared is an internal error`() {
        let problem = Self.factory.problem("99999")
        #expect(problem.code == "00500" && problem.status == 500)
        // Texts of its own do not make it known.
        var told = ProblemTemplate(code: "NN999")
        (told.status, told.title, told.detail) = (404, "T", "D")
        for operation in [Model.operation(), nil] {
            let problem = Self.factory.problem(told, operation, nil)
            #expect(problem.code == "00500" && problem.status == 500 && problem.detail == "Detail 00500")
        }
    }

    @Test func `what is true of every provider is not true of the hub`() {
        #expect(Model.errors.entry("99003") != nil && Model.errors.entry("23003")?.code == "23003")
        for own in ["00003", "50003"] { #expect(Model.errors.entry(own) == nil) }
    }

    @Test func `a provider's error has its number, its name and what it says`() {
        let operation = Model.operation()
        var template = ProblemTemplate(code: "NN003")
        template.retryIn = 7
        let problem = Self.factory.problem(template, operation, nil)
        #expect(problem.code == "17003" && problem.status == 404)
        #expect(problem.object["meta"] == ["provider": "Bank", "retry_in": 7])
        let other = Self.factory.problem(ProblemTemplate(code: "23003"), operation, nil)
        #expect(other.code == "23003" && other.object["meta"]?["provider"] == "CNAF")
        var told = ProblemTemplate(code: "NN003")
        (told.status, told.title, told.detail) = (451, "T", "D")
        let changed = Self.factory.problem(told, operation, nil)
        #expect(changed.status == 451 && changed.title == "T" && changed.detail == "D")
        #expect(Self.factory.problem(ProblemTemplate(code: "NN003"), nil, nil).code == "51003")
    }

    @Test(arguments: [
        (401, "00101", 401, "access_denied"), (403, "00100", 401, "access_denied"), (422, "00420", 400, "bad_request"),
        (404, "35003", 404, "not_found"), (409, "00015", 409, "conflict"), (504, "35002", 504, "timeout_error"),
        (502, "35999", 503, "provider_unknown_error"), (502, "35000", 503, "data_provider_error"),
        (503, "35020", 503, "maintenance_error"), (500, "00500", 500, "internal_error"),
    ])
    func `an error of v2 has its own kind and status`(status: Int, code: String, expected: Int, kind: String) {
        let problem = Problem(code: code, status: status, title: "T", detail: "D")
        #expect(problem.v2Form.status == expected)
        #expect(problem.v2Form.body == ["error": .string(kind), "reason": "D", "message": "D"])
    }

    @Test func `a descriptor can say another form for v2`() {
        var problem = Problem(code: "00355", status: 422, title: "T", detail: "D")
        problem.v2 = ProblemTemplate.V2Form(error: "not_found", reason: "Student not found", status: 400)
        #expect(problem.v2Form.status == 400)
        #expect(problem.v2Form.body == ["error": "not_found", "reason": "Student not found", "message": "D"])
    }
}
