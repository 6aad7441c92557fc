"""What `serve` tells a client of Box."""

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fake_apps.box import APP


def jwt_config(**settings):
    fake = APP.create(settings=settings)
    told = APP.connect(fake.admin.credentials(), "http://127.0.0.1:1")
    return fake, told["credentials"]["jwt_config"]


def test_the_key_of_the_jwt_file_is_encrypted_and_opens_with_the_passphrase_beside_it():
    fake, file = jwt_config(app_auth="jwt")
    key = file["boxAppSettings"]["appAuth"]
    opened = load_pem_private_key(key["privateKey"].encode(), key["passphrase"].encode())

    assert key["privateKey"].startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert opened.public_key() == fake.keys.public_key()


def test_new_credentials_come_with_a_new_passphrase():
    fake, old = jwt_config(app_auth="jwt")
    fake.admin.replace_credentials()
    told = APP.connect(fake.admin.credentials(), "http://127.0.0.1:1")
    new = told["credentials"]["jwt_config"]

    assert (
        new["boxAppSettings"]["appAuth"]["passphrase"]
        != old["boxAppSettings"]["appAuth"]["passphrase"]
    )


def test_an_app_that_does_not_authenticate_by_jwt_has_no_jwt_file():
    assert jwt_config(app_auth="ccg")[1] == {}
