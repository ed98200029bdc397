/// The parameters that FranceConnect's pivot identity fills in (arrêté du 8 novembre 2018, FranceConnect).
public enum FranceConnectIdentity {
    public static let parameters = [
        "nomNaissance", "prenoms", "anneeDateNaissance", "moisDateNaissance", "jourDateNaissance", "sexeEtatCivil",
        "codeCogInseeCommuneNaissance", "codeCogInseePaysNaissance",
    ]
}

/// The parameters that tell who a person is: a student's number, or the pivot identity, whose date v2 gives whole.
public enum PersonIdentity {
    public static let parameters = ["ine", "dateNaissance"] + FranceConnectIdentity.parameters
    /// Places in ``parameters``; month and day follow the year.
    public static let student = 0
    public static let birthDate = 1
    public static let birthYear = 4
    /// Those of the pivot identity.
    public static let civil = 2..<parameters.count
}
