"""Programs of the REST measurement: who asks (`client`), and the bare service to compare with (`bare`)."""
