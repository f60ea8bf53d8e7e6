# SPDX-License-Identifier: Apache-2.0
"""Notes, version 2: notes can be pinned, and pinned ones come first.

GET / is the page; GET /notes, POST /notes, GET /notes/<id> and PUT /notes/<id>/pin are its JSON; GET /healthz asks
the database.
"""

import os
import socket
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, FetchedValue, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

VERSION = "2"

engine = create_async_engine(os.environ["DATABASE_URL"], pool_pre_ping=True)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI(title="Notes", version=VERSION)


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=FetchedValue())
    pinned: Mapped[bool] = mapped_column(server_default=FetchedValue())


class NewNote(BaseModel):
    body: str = Field(min_length=1, max_length=500)


class ShownNote(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    body: str
    created_at: datetime
    pinned: bool


class Pin(BaseModel):
    pinned: bool


async def session():
    async with sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]


@app.middleware("http")
async def say_who_answers(request, call_next):
    response = await call_next(request)
    response.headers["x-notes-version"] = VERSION
    response.headers["x-notes-replica"] = socket.gethostname()
    return response


@app.get("/", include_in_schema=False)
async def page():
    return FileResponse(Path(__file__).with_name("index.html"))


@app.get("/healthz")
async def health(session: Session):
    await session.execute(select(1))
    return {"status": "ok", "version": VERSION}


@app.get("/notes")
async def newest_notes(session: Session) -> list[ShownNote]:
    return list(await session.scalars(select(Note).order_by(Note.pinned.desc(), Note.id.desc()).limit(20)))


@app.post("/notes", status_code=201)
async def write_note(new: NewNote, session: Session) -> ShownNote:
    note = Note(body=new.body)
    session.add(note)
    await session.commit()
    return note


@app.get("/notes/{number}")
async def one_note(number: int, session: Session) -> ShownNote:
    note = await session.get(Note, number)
    if note is None:
        raise HTTPException(404, "no such note")
    return note


@app.put("/notes/{number}/pin")
async def pin_note(number: int, pin: Pin, session: Session) -> ShownNote:
    note = await one_note(number, session)
    note.pinned = pin.pinned
    await session.commit()
    return note
