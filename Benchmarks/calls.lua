-- Each call asks for another person, so that neither a cache nor the check on equal calls in flight can answer it.
local head, tail
local count = 0

local function letters(number)
    local a = number % 26
    number = (number - a) / 26
    local b = number % 26
    number = (number - b) / 26
    local c = number % 26
    number = (number - c) / 26
    local d = number % 26
    return string.char(65 + (number - d) / 26 % 26, 97 + d, 97 + c, 97 + b, 97 + a)
end

function init()
    head = "GET /v3/dss/quotient_familial/identite?recipient=13002526500013&nomNaissance=" .. os.getenv("BENCH_NAME")
        .. "&prenoms%5B%5D="
    tail = "&anneeDateNaissance=1987&moisDateNaissance=6&jourDateNaissance=27&sexeEtatCivil=F"
        .. "&codeCogInseePaysNaissance=99100&codeCogInseeCommuneNaissance=08480 HTTP/1.1\r\nHost: " .. wrk.headers["Host"]
        .. "\r\nAuthorization: Bearer " .. os.getenv("BENCH_TOKEN")
        .. "\r\nAccept: application/json\r\nCache-Control: no-cache\r\n\r\n"
end

function request()
    count = count + 1
    return head .. letters(count) .. tail
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        'RESULT {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "refused": %d, "broken": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
