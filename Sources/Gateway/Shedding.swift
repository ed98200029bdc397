import Ledger

/// What a call is told that the hub has no room for. Such a refusal is counted and not written in the ledger: nothing was
/// read or given, nobody is named yet, and the disk is for the calls that were let in.
extension CallPipeline {
    func place(_ caller: Caller) throws(Refusal) -> Admission.Place {
        switch gateway.admission.begin(caller.organisation ?? "", now: started) {
        case .success(let place): return place
        case .failure(let refusal): throw shed(refusal == .full ? "00470" : "00471", seconds: .random(in: 1...3))
        }
    }

    /// The refusal of a call whose trace could not be kept.
    func untraced(_ error: any Error) -> Problem {
        guard let error = error as? LedgerError, error == .overloaded else { return problems.problem("00510") }
        return shed("00470", seconds: 1).problems[0]
    }

    /// - Parameter seconds: after which to come back; drawn where many are refused at once, so that they do not come
    ///   back at once.
    private func shed(_ code: String, seconds: Int) -> Refusal {
        var problem = problems.problem(code)
        problem.retryAfter = seconds
        return Refusal(problems: [problem])
    }
}
