"""send.py PORT SENDER RECIPIENT[,RECIPIENT] FILE...: sends each file by SMTP to 127.0.0.1, all at
once, and prints what the server calls them, in their order."""
import concurrent.futures
import re
import smtplib
import sys

port, sender, recipients, files = int(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), sys.argv[4:]


def send(name):
    with open(name, "rb") as f:
        message = f.read()
    with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=30) as smtp:
        smtp.ehlo()
        smtp.mail(sender)
        for recipient in recipients:
            code, text = smtp.rcpt(recipient)
            if code != 250:
                raise smtplib.SMTPRecipientsRefused({recipient: (code, text)})
        code, text = smtp.data(message)
        if code != 250:
            raise smtplib.SMTPDataError(code, text)
    return re.search(r"queued as (\w+)", text.decode()).group(1)


with concurrent.futures.ThreadPoolExecutor(len(files)) as pool:
    for queue_id in pool.map(send, files):
        print(queue_id)
