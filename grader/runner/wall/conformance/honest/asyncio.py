# Runs an event loop with tasks and a thread.
# outcome: ok

import asyncio


async def one(number):
    await asyncio.sleep(0.01)
    return number


async def main():
    numbers = await asyncio.gather(*(one(n) for n in range(10)))
    return sum(numbers) + await asyncio.to_thread(lambda: 5)


assert asyncio.run(main()) == 50
print("fine")
